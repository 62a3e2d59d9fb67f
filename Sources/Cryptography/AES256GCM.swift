private import CLibCrypto

/// AES-256 in Galois/Counter Mode by libcrypto (NIST SP 800-38D).
package enum AES256GCM {
    package static let keyLength = 32
    package static let nonceLength = 12
    package static let tagLength = 16

    /// The ciphertext, and the tag behind it.
    /// - Parameters:
    ///   - key: 32 bytes.
    ///   - nonce: 12 bytes, never the same for two messages under one key.
    ///   - context: authenticated with the message and not part of the result.
    package static func seal(_ message: [UInt8], key: [UInt8], nonce: [UInt8], context: [UInt8]) -> [UInt8] {
        precondition(
            key.count == keyLength && nonce.count == nonceLength, "AES-256-GCM: key or nonce of a wrong length")
        guard let cipher = unsafe EVP_CIPHER_CTX_new() else { preconditionFailure("libcrypto has no memory") }
        defer { unsafe EVP_CIPHER_CTX_free(cipher) }
        var output = [UInt8](repeating: 0, count: message.count + tagLength)
        var tag = [UInt8](repeating: 0, count: tagLength)
        var (length, rest) = (Int32(0), Int32(0))
        let done =
            unsafe EVP_EncryptInit_ex2(cipher, EVP_aes_256_gcm(), key, nonce, nil) == 1
            && EVP_EncryptUpdate(cipher, nil, &length, context, Int32(context.count)) == 1
            && EVP_EncryptUpdate(cipher, &output, &length, message, Int32(message.count)) == 1
            && EVP_EncryptFinal_ex(cipher, &tag, &rest) == 1
            && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, Int32(tagLength), &tag) == 1
        precondition(done && Int(length) == message.count && rest == 0, "libcrypto has no AES-256-GCM")
        output.replaceSubrange(message.count..., with: tag)
        return output
    }

    /// The message; `nil` unless it was sealed with just this key, nonce and context.
    package static func open(_ sealed: [UInt8], key: [UInt8], nonce: [UInt8], context: [UInt8]) -> [UInt8]? {
        guard key.count == keyLength, nonce.count == nonceLength, sealed.count >= tagLength,
            let cipher = unsafe EVP_CIPHER_CTX_new()
        else { return nil }
        defer { unsafe EVP_CIPHER_CTX_free(cipher) }
        let message = Array(sealed.dropLast(tagLength))
        var tag = Array(sealed.suffix(tagLength))
        // A block more than the message, so that its address is one even where the message is empty.
        var output = [UInt8](repeating: 0, count: message.count + tagLength)
        var (length, rest) = (Int32(0), Int32(0))
        var last = [UInt8](repeating: 0, count: tagLength)
        let done =
            unsafe EVP_DecryptInit_ex2(cipher, EVP_aes_256_gcm(), key, nonce, nil) == 1
            && EVP_DecryptUpdate(cipher, nil, &length, context, Int32(context.count)) == 1
            && EVP_DecryptUpdate(cipher, &output, &length, message, Int32(message.count)) == 1
            && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, Int32(tagLength), &tag) == 1
            && EVP_DecryptFinal_ex(cipher, &last, &rest) == 1
        ERR_clear_error()
        guard done, Int(length) == message.count, rest == 0 else { return nil }
        return Array(output.prefix(message.count))
    }
}
