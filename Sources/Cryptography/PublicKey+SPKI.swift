// SPDX-License-Identifier: Apache-2.0

private import CLibCrypto

extension PublicKey {
    /// Reads the DER of a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7), the contents of a `PUBLIC KEY` block of PEM.
    ///
    /// libcrypto only decodes it. The numbers then pass the same checks as those of a JWK.
    package convenience init(subjectPublicKeyInfo der: [UInt8]) throws(KeyError) {
        var decoded: OpaquePointer?
        var consumed = 0
        unsafe der.withUnsafeBufferPointer { bytes in
            var position = bytes.baseAddress
            unsafe decoded = d2i_PUBKEY(nil, &position, bytes.count)
            if unsafe decoded != nil, let start = bytes.baseAddress, let end = unsafe position {
                consumed = unsafe end - start
            }
        }
        defer {
            unsafe EVP_PKEY_free(decoded)
            ERR_clear_error()
        }
        guard let key = unsafe decoded, consumed == der.count else { throw .malformed }
        try self.init(unsafe KeyExport.material(of: key))
    }
}
