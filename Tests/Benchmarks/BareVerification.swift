// SPDX-License-Identifier: Apache-2.0

import CLibCrypto
import Cryptography
import Vending

/// The baseline: libcrypto alone, with the key parsed and both contexts set up once, over the signed parts of the
/// tokens. Everything that Purser does costs more than this.
@safe final class BareVerification {
    struct Unusable: Error {}

    private let key: OpaquePointer
    private let context: OpaquePointer
    private let digestContext: OpaquePointer
    private let algorithm: OpaquePointer
    private let inputs: [(signed: [UInt8], digest: [UInt8], signature: [UInt8])]

    init(_ sample: SampleTokens) throws {
        guard let key = try unsafe Self.read(sample.key.pem),
            let context = unsafe EVP_PKEY_CTX_new_from_pkey(nil, key, nil),
            let digestContext = unsafe EVP_MD_CTX_new(), let algorithm = unsafe EVP_MD_fetch(nil, "SHA256", nil),
            unsafe EVP_PKEY_verify_init(context) == 1,
            unsafe EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1,
            unsafe EVP_PKEY_CTX_set_signature_md(context, algorithm) == 1
        else { throw Unusable() }
        unsafe (self.key, self.context) = unsafe (key, context)
        unsafe (self.digestContext, self.algorithm) = unsafe (digestContext, algorithm)
        inputs = try sample.tokens.map { token in
            let parts = token.rawValue.split(separator: ".")
            guard let signature = Base64URL.decode(String(parts[2])) else { throw Unusable() }
            let signed = Array("\(parts[0]).\(parts[1])".utf8)
            return (signed, SHA256.digest(signed).bytes, signature)
        }
    }

    deinit {
        unsafe EVP_MD_CTX_free(digestContext)
        unsafe EVP_MD_free(algorithm)
        unsafe EVP_PKEY_CTX_free(context)
        unsafe EVP_PKEY_free(key)
    }

    /// Verifies the signatures of precomputed digests.
    func verifyDigests() throws {
        for input in inputs {
            guard verify(input.signature, input.digest) else { throw Unusable() }
        }
    }

    /// Hashes the signed parts and verifies the signatures.
    func hashAndVerify() throws {
        var digest = [UInt8](repeating: 0, count: 32)
        for input in inputs {
            guard unsafe EVP_DigestInit_ex2(digestContext, algorithm, nil) == 1,
                unsafe EVP_DigestUpdate(digestContext, input.signed, input.signed.count) == 1,
                unsafe EVP_DigestFinal_ex(digestContext, &digest, nil) == 1, verify(input.signature, digest)
            else { throw Unusable() }
        }
    }

    private func verify(_ signature: [UInt8], _ digest: [UInt8]) -> Bool {
        unsafe EVP_PKEY_verify(context, signature, signature.count, digest, digest.count) == 1
    }

    private static func read(_ pem: [UInt8]) -> OpaquePointer? {
        unsafe pem.withUnsafeBytes { pem in
            // The BIO reads from this buffer, so it must not outlive the closure.
            guard let bio = unsafe BIO_new_mem_buf(pem.baseAddress, Int32(pem.count)) else { return nil }
            defer { unsafe BIO_free_all(bio) }
            return unsafe PEM_read_bio_PrivateKey(bio, nil, nil, nil)
        }
    }
}
