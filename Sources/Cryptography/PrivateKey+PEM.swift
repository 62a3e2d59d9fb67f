// SPDX-License-Identifier: Apache-2.0

private import CLibCrypto

extension PrivateKey {
    /// Reads a PEM file with one unencrypted PKCS #8 block (RFC 7468 §10).
    package convenience init(pem: [UInt8]) throws(KeyError) {
        let blocks: [PEM.Block]
        do {
            blocks = try PEM.blocks(pem)
        } catch {
            throw .malformed
        }
        guard blocks.count == 1, let block = blocks.first else { throw .unsupported("a file of \(blocks.count) keys") }
        guard block.label == "PRIVATE KEY" else { throw .unsupported("a block of \(block.label.prefix(40))") }
        defer { ERR_clear_error() }
        let key: OpaquePointer? = unsafe block.der.withUnsafeBufferPointer { der in
            var next = der.baseAddress
            guard let end = unsafe next.map({ unsafe $0 + der.count }),
                let key = unsafe d2i_AutoPrivateKey(nil, &next, der.count)
            else { return nil }
            // The key must take up the whole block.
            guard unsafe next == end else {
                unsafe EVP_PKEY_free(key)
                return nil
            }
            return unsafe key
        }
        guard let key = unsafe key else { throw .malformed }
        try unsafe self.init(owning: key)
    }
}
