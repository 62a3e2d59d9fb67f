// SPDX-License-Identifier: Apache-2.0

private import CLibCrypto

/// A reusable libcrypto context for one key and one algorithm: setup costs a quarter of an RSA verification. Supports
/// the algorithms that verify a digest, which are all except EdDSA.
///
/// `Sendable` because the key's pool gives it to one verification at a time.
@safe final class VerificationContext: @unchecked Sendable {
    let algorithm: SignatureAlgorithm
    private let digest: MessageDigest
    private let digestContext: DigestContext
    private let keyContext: OpaquePointer

    /// `nil` if libcrypto does not accept the key for the algorithm.
    init?(key: OpaquePointer, algorithm: SignatureAlgorithm) {
        guard let digest = algorithm.messageDigest, let keyContext = unsafe EVP_PKEY_CTX_new_from_pkey(nil, key, nil)
        else { return nil }
        self.algorithm = algorithm
        self.digest = digest
        digestContext = DigestContext(digest)
        unsafe self.keyContext = keyContext
        guard
            unsafe EVP_PKEY_verify_init(keyContext) == 1
                && SignatureContext.setPadding(keyContext, for: algorithm, digest: digest.handle)
                && EVP_PKEY_CTX_set_signature_md(keyContext, digest.handle) == 1
        else { return nil }
    }

    deinit {
        unsafe EVP_PKEY_CTX_free(keyContext)
    }

    /// - Parameter signature: in libcrypto's form, DER for ECDSA.
    func accepts(_ signature: UnsafeBufferPointer<UInt8>, over message: UnsafeRawBufferPointer) -> Bool {
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: digest.length) { hash in
            unsafe digestContext.digest(message, into: UnsafeMutableRawBufferPointer(hash))
                && EVP_PKEY_verify(keyContext, signature.baseAddress, signature.count, hash.baseAddress, hash.count)
                    == 1
        }
    }
}
