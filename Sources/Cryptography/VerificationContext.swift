private import CLibCrypto

/// What libcrypto needs to verify with one key and one algorithm, set up once: setting it up anew costs a quarter of an
/// RSA verification. For the algorithms that verify a digest, which are all but EdDSA.
///
/// Sendable because its key lends it to one verification at a time.
@safe final class VerificationContext: @unchecked Sendable {
    let algorithm: SignatureAlgorithm
    private let digest: MessageDigest
    private let digestContext: OpaquePointer
    private let keyContext: OpaquePointer

    /// `nil` where libcrypto does not take the key for the algorithm.
    init?(key: OpaquePointer, algorithm: SignatureAlgorithm) {
        guard let digest = algorithm.messageDigest, let digestContext = unsafe EVP_MD_CTX_new() else { return nil }
        guard let keyContext = unsafe EVP_PKEY_CTX_new_from_pkey(nil, key, nil) else {
            unsafe EVP_MD_CTX_free(digestContext)
            return nil
        }
        self.algorithm = algorithm
        self.digest = digest
        unsafe self.digestContext = digestContext
        unsafe self.keyContext = keyContext
        guard
            unsafe EVP_PKEY_verify_init(keyContext) == 1
                && SignatureContext.setPadding(keyContext, for: algorithm, digest: digest.handle)
                && EVP_PKEY_CTX_set_signature_md(keyContext, digest.handle) == 1
        else { return nil }
    }

    deinit {
        unsafe EVP_PKEY_CTX_free(keyContext)
        unsafe EVP_MD_CTX_free(digestContext)
    }

    /// - Parameter signature: in libcrypto's form, DER for ECDSA.
    func accepts(_ signature: UnsafeBufferPointer<UInt8>, over message: UnsafeBufferPointer<UInt8>) -> Bool {
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: digest.length) { hash in
            unsafe EVP_DigestInit_ex2(digestContext, digest.handle, nil) == 1
                && EVP_DigestUpdate(digestContext, message.baseAddress, message.count) == 1
                && EVP_DigestFinal_ex(digestContext, hash.baseAddress, nil) == 1
                && EVP_PKEY_verify(keyContext, signature.baseAddress, signature.count, hash.baseAddress, hash.count)
                    == 1
        }
    }
}
