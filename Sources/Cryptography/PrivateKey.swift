// SPDX-License-Identifier: Apache-2.0

private import CLibCrypto

/// A private key that signs tokens. Its descriptions are redacted.
@safe package final class PrivateKey: @unchecked Sendable {
    package enum Kind: Sendable {
        case ec(EllipticCurve)
        case ed25519
        /// The modulus's length in bits; the exponent is 65537.
        case rsa(bits: Int)
    }

    package let publicKey: PublicKey
    /// EVP_PKEY; never changed after `init`, so sharing it between threads is safe.
    let handle: OpaquePointer

    private init(handle: OpaquePointer, publicKey: PublicKey) {
        unsafe self.handle = handle
        self.publicKey = publicKey
    }

    deinit {
        unsafe EVP_PKEY_free(handle)
    }

    /// Makes a new key with libcrypto's random generator.
    package static func generate(_ kind: Kind) throws(KeyError) -> PrivateKey {
        var key: OpaquePointer?
        defer { ERR_clear_error() }
        let name =
            switch kind {
            case .ec: "EC"
            case .ed25519: "ED25519"
            case .rsa: "RSA"
            }
        guard let context = unsafe EVP_PKEY_CTX_new_from_name(nil, name, nil) else { throw .unsupported(name) }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        guard unsafe EVP_PKEY_keygen_init(context) == 1 else { throw .unsupported(name) }
        let prepared =
            switch kind {
            case .ec(let curve): unsafe EVP_PKEY_CTX_set_group_name(context, "\(curve.groupName)")
            case .ed25519: Int32(1)
            case .rsa(let bits): unsafe EVP_PKEY_CTX_set_rsa_keygen_bits(context, Int32(clamping: bits))
            }
        guard prepared == 1, unsafe EVP_PKEY_generate(context, &key) == 1, let handle = unsafe key else {
            throw .unsupported("\(name) key generation with these parameters")
        }
        return try unsafe PrivateKey(owning: handle)
    }

    /// Takes ownership of `handle`, even if it throws.
    convenience init(owning handle: OpaquePointer) throws(KeyError) {
        let publicKey: PublicKey
        do {
            publicKey = try PublicKey(unsafe KeyExport.material(of: handle))
        } catch {
            unsafe EVP_PKEY_free(handle)
            throw error
        }
        unsafe self.init(handle: handle, publicKey: publicKey)
    }

    /// The secret as unencrypted PKCS #8 (RFC 5958, RFC 7468 §10), the only form that libjwt accepts.
    package var pem: [UInt8] {
        get throws(KeyError) {
            // libcrypto wipes a BIO in secure memory when it frees it.
            guard let bio = unsafe BIO_new(BIO_s_secmem()) else { throw .malformed }
            defer { unsafe BIO_free_all(bio) }
            guard unsafe PEM_write_bio_PKCS8PrivateKey(bio, handle, nil, nil, 0, nil, nil) == 1 else {
                throw .malformed
            }
            var bytes = [UInt8](repeating: 0, count: unsafe BIO_ctrl_pending(bio))
            guard unsafe BIO_read(bio, &bytes, Int32(bytes.count)) == Int32(bytes.count) else { throw .malformed }
            return bytes
        }
    }
}

extension PrivateKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "[redacted private key]" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
