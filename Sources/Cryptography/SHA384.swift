// SPDX-License-Identifier: Apache-2.0

/// SHA-384 (FIPS 180-4) by libcrypto, for rare digests: each call sets up its own context.
package enum SHA384 {
    /// - Returns: 48 bytes.
    package static func digest(_ bytes: [UInt8]) -> [UInt8] {
        let context = DigestContext(.sha384)
        return unsafe [UInt8](unsafeUninitializedCapacity: MessageDigest.sha384.length) { output, count in
            let done = unsafe bytes.withUnsafeBytes {
                unsafe context.digest($0, into: UnsafeMutableRawBufferPointer(output))
            }
            precondition(done, "libcrypto has no SHA-384")
            count = MessageDigest.sha384.length
        }
    }
}
