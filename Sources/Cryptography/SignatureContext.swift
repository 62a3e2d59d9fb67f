// SPDX-License-Identifier: Apache-2.0

private import CLibCrypto

/// Sets up a libcrypto context for an algorithm of JWS, for verifying and for signing.
enum SignatureContext {
    static func prepare(
        _ context: OpaquePointer, for algorithm: SignatureAlgorithm, key: OpaquePointer, signing: Bool
    ) -> Bool {
        let digest = unsafe algorithm.messageDigest?.handle
        var details: OpaquePointer?
        let ready =
            if signing {
                unsafe EVP_DigestSignInit(context, &details, digest, nil, key)
            } else {
                unsafe EVP_DigestVerifyInit(context, &details, digest, nil, key)
            }
        guard ready == 1 else { return false }
        return unsafe setPadding(details, for: algorithm, digest: digest)
    }

    /// Sets the padding of RSA; does nothing for other algorithms.
    static func setPadding(_ context: OpaquePointer?, for algorithm: SignatureAlgorithm, digest: OpaquePointer?) -> Bool
    {
        switch algorithm.scheme {
        case .ecdsa, .ed25519:
            return true
        case .pkcs1:
            return unsafe EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1
        case .pss:
            // The salt is as long as the digest, and MGF1 uses the same digest (RFC 7518 §3.5).
            return unsafe EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1
                && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1
                && EVP_PKEY_CTX_set_rsa_mgf1_md(context, digest) == 1
        }
    }
}
