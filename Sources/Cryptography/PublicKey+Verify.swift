// SPDX-License-Identifier: Apache-2.0

private import CLibCrypto

extension PublicKey {
    /// Whether `algorithm` is defined for this kind of key and this curve.
    package func fits(_ algorithm: SignatureAlgorithm) -> Bool {
        switch (algorithm.scheme, kind) {
        case (.pkcs1, .rsa), (.pss, .rsa), (.ed25519, .ed25519): true
        case (.ecdsa(let wanted), .ec(let curve)): wanted == curve
        default: false
        }
    }

    /// Whether `signature`, in the form of JWS (RFC 7518 §3.3–3.5, RFC 8037 §3.1), is valid for `message` and this key.
    ///
    /// Returns `false` if the key does not fit the algorithm or the signature's length is not exactly the algorithm's.
    package func verify(
        signature: Span<UInt8>, over message: Span<UInt8>, algorithm: SignatureAlgorithm
    ) -> Bool {
        guard fits(algorithm) else { return false }
        switch kind {
        case .rsa(let bits):
            guard signature.count == (bits + 7) / 8 else { return false }
            return accepts(signature, message, algorithm)
        case .ec(let curve):
            guard signature.count == 2 * curve.coordinateLength else { return false }
            return accepts(ECDSASignature.der(signature).span, message, algorithm)
        case .ed25519:
            guard signature.count == 64 else { return false }
            return accepts(signature, message, algorithm)
        }
    }

    private func accepts(
        _ signature: Span<UInt8>, _ message: Span<UInt8>, _ algorithm: SignatureAlgorithm
    ) -> Bool {
        let valid =
            if case .ed25519 = kind {
                acceptsMessage(signature, message, algorithm)
            } else {
                acceptsDigest(signature, message, algorithm)
            }
        // The thread's next caller must not see libcrypto's errors about this signature.
        if !valid { ERR_clear_error() }
        return valid
    }

    /// Uses an idle context of this key, or a new one. A context that rejected a signature is not reused.
    private func acceptsDigest(
        _ signature: Span<UInt8>, _ message: Span<UInt8>, _ algorithm: SignatureAlgorithm
    ) -> Bool {
        guard
            let context = contexts.take(for: algorithm)
                ?? (unsafe VerificationContext(key: handle, algorithm: algorithm))
        else { return false }
        let valid = unsafe signature.withUnsafeBufferPointer { signature in
            unsafe message.withUnsafeBufferPointer { message in
                unsafe context.accepts(signature, over: UnsafeRawBufferPointer(message))
            }
        }
        if valid { contexts.put(context) }
        return valid
    }

    /// EdDSA signs the message itself, not a digest, and libcrypto requires it in one piece.
    private func acceptsMessage(
        _ signature: Span<UInt8>, _ message: Span<UInt8>, _ algorithm: SignatureAlgorithm
    ) -> Bool {
        guard let context = unsafe EVP_MD_CTX_new() else { return false }
        defer { unsafe EVP_MD_CTX_free(context) }
        return unsafe signature.withUnsafeBufferPointer { signature in
            unsafe message.withUnsafeBufferPointer { message in
                unsafe SignatureContext.prepare(context, for: algorithm, key: handle, signing: false)
                    && EVP_DigestVerify(
                        context, signature.baseAddress, signature.count, message.baseAddress, message.count) == 1
            }
        }
    }
}
