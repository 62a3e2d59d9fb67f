// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Each connection takes a file descriptor, and the usual soft limit of 1,024 is too low for a server.
enum FileDescriptors {
    /// Reserved for the admin listener, outbound calls, the log and files.
    static let reserved = 192

    /// Raises the soft limit to the hard limit if the system allows it.
    /// - Returns: the limit in force.
    static func raiseLimit() -> Int {
        var limit = rlimit()
        let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard unsafe getrlimit(files, &limit) == 0 else { return .max }
        let soft = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        let raised = unsafe setrlimit(files, &limit) == 0
        return Int(clamping: raised ? limit.rlim_max : soft)
    }

    /// Maximum number of connections under a limit of file descriptors.
    static func connections(under limit: Int) -> Int {
        max(16, limit - reserved)
    }
}
