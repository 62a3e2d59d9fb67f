// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Why a command fails: what was found and what was expected.
struct CommandError: Error, CustomStringConvertible {
    let description: String
}

/// The system's description of an `errno` value.
func errorText(_ error: Int32) -> String {
    unsafe String(cString: strerror(error))
}
