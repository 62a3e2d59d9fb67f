// SPDX-License-Identifier: Apache-2.0

private import CLibCrypto

extension PrivateKey {
    /// Returns the signature over `message` in the form of JWS (RFC 7518 §3.3–3.5, RFC 8037 §3.1).
    package func sign(_ message: Span<UInt8>, algorithm: SignatureAlgorithm) throws(KeyError) -> [UInt8] {
        guard publicKey.fits(algorithm) else { throw .unsupported("\(algorithm.rawValue) with this key") }
        guard let context = unsafe EVP_MD_CTX_new() else { throw .malformed }
        defer {
            unsafe EVP_MD_CTX_free(context)
            ERR_clear_error()
        }
        var length = unsafe Int(EVP_PKEY_get_size(handle))
        var signature = [UInt8](repeating: 0, count: length)
        let done = unsafe message.withUnsafeBufferPointer { message in
            unsafe SignatureContext.prepare(context, for: algorithm, key: handle, signing: true)
                && EVP_DigestSign(context, &signature, &length, message.baseAddress, message.count) == 1
        }
        guard done else { throw .malformed }
        signature.removeLast(signature.count - length)
        guard case .ec(let curve) = publicKey.kind else { return signature }
        guard let sideBySide = ECDSASignature.sideBySide(der: signature, half: curve.coordinateLength) else {
            throw .malformed
        }
        return sideBySide
    }
}
