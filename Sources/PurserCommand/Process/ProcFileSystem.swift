// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The file system `/proc`, without which Swift programs find neither their arguments nor their own executable.
enum ProcFileSystem {
    static var isMounted: Bool { unsafe access("/proc/self/cmdline", R_OK) == 0 }

    static let missing = "purser: /proc is not mounted; expected a process file system (mount -t proc proc /proc)"
}
