// SPDX-License-Identifier: Apache-2.0

private import CLibCrypto

/// HMAC with SHA-256 (RFC 2104) by libcrypto.
package enum HMACSHA256 {
    /// - Returns: 32 bytes.
    package static func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 0
        // A null key pointer means "the previous key" to HMAC(), so an empty key needs an address.
        let keyBytes = key.isEmpty ? [0] : key
        let done = unsafe HMAC(EVP_sha256(), keyBytes, Int32(key.count), message, message.count, &output, &length)
        precondition(unsafe done != nil && length == 32, "libcrypto has no HMAC-SHA-256")
        return output
    }
}
