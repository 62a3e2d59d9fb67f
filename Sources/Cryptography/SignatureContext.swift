private import CLibCrypto

/// Sets libcrypto's context up for an algorithm of JWS, for verifying and for signing alike.
enum SignatureContext {
    static func prepare(
        _ context: OpaquePointer, for algorithm: SignatureAlgorithm, key: OpaquePointer, signing: Bool
    ) -> Bool {
        let digest: OpaquePointer? =
            switch algorithm.digest {
            case .sha256: unsafe EVP_sha256()
            case .sha384: unsafe EVP_sha384()
            case .sha512: unsafe EVP_sha512()
            case nil: nil
            }
        var details: OpaquePointer?
        let ready =
            if signing {
                unsafe EVP_DigestSignInit(context, &details, digest, nil, key)
            } else {
                unsafe EVP_DigestVerifyInit(context, &details, digest, nil, key)
            }
        guard ready == 1 else { return false }
        switch algorithm.scheme {
        case .ecdsa, .ed25519:
            return true
        case .pkcs1:
            return unsafe EVP_PKEY_CTX_set_rsa_padding(details, RSA_PKCS1_PADDING) == 1
        case .pss:
            // Salt as long as the digest, MGF1 with the same digest (RFC 7518 §3.5).
            return unsafe EVP_PKEY_CTX_set_rsa_padding(details, RSA_PKCS1_PSS_PADDING) == 1
                && EVP_PKEY_CTX_set_rsa_pss_saltlen(details, RSA_PSS_SALTLEN_DIGEST) == 1
                && EVP_PKEY_CTX_set_rsa_mgf1_md(details, digest) == 1
        }
    }
}
