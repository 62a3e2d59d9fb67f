// SPDX-License-Identifier: Apache-2.0

private import Foundation

/// Why a line is not written, or not known to be written.
package enum LogWriteError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The buffer has no room for the line.
    case full
    /// `write` failed with this `errno`, for this line or another one of its batch.
    case failed(Int32)
    /// The line was not written within the deadline. It may still be written later.
    case timedOut
    /// The sink is closed.
    case closed

    package var description: String {
        switch self {
        case .full: "the buffer is full"
        case .failed(let code): unsafe String(cString: strerror(code))
        case .timedOut: "not written in time"
        case .closed: "the log is closed"
        }
    }
}
