// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// HMAC with SHA-256 (RFC 2104) by libcrypto.
package enum HMACSHA256 {
    /// Kept between calls, because fetching the algorithm takes longer than a short message's HMAC. A caller that finds
    /// it in use makes its own.
    private static let context = Mutex(HMACContext())

    /// - Returns: 32 bytes.
    package static func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        let output =
            context.withLockIfAvailable { $0.authenticate(message, key: key) }
            ?? HMACContext().authenticate(message, key: key)
        guard let output else { preconditionFailure("libcrypto has no HMAC-SHA-256") }
        return output
    }
}
