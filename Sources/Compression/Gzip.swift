// SPDX-License-Identifier: Apache-2.0

/// The gzip format (RFC 1952).
package enum Gzip {
}

package enum GzipError: Error, Hashable, Sendable {
    /// Not gzip, corrupt, truncated or followed by other bytes.
    case malformed
    /// The output exceeds the limit.
    case tooLarge
    /// The system is out of memory.
    case outOfMemory
}
