// SPDX-License-Identifier: Apache-2.0

private import CLibCrypto

/// AES-256 in Galois/Counter Mode by libcrypto (NIST SP 800-38D).
package enum AES256GCM {
    package static let keyLength = 32
    package static let nonceLength = 12
    package static let tagLength = 16

    /// Encrypts `message`.
    /// - Parameters:
    ///   - key: 32 bytes.
    ///   - nonce: 12 bytes; the caller never uses one nonce for two messages with the same key.
    ///   - context: additional authenticated data, not part of the result.
    /// - Returns: the ciphertext followed by the tag.
    package static func seal(_ message: [UInt8], key: [UInt8], nonce: [UInt8], context: [UInt8]) -> [UInt8] {
        precondition(
            key.count == keyLength && nonce.count == nonceLength, "AES-256-GCM: key or nonce has the wrong length")
        guard let cipher = unsafe EVP_CIPHER_CTX_new() else { preconditionFailure("libcrypto is out of memory") }
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

    /// Decrypts and authenticates; `nil` unless the message was sealed with exactly this key, nonce and context.
    package static func open(_ sealed: [UInt8], key: [UInt8], nonce: [UInt8], context: [UInt8]) -> [UInt8]? {
        guard key.count == keyLength, nonce.count == nonceLength, sealed.count >= tagLength,
            let cipher = unsafe EVP_CIPHER_CTX_new()
        else { return nil }
        defer { unsafe EVP_CIPHER_CTX_free(cipher) }
        let message = Array(sealed.dropLast(tagLength))
        var tag = Array(sealed.suffix(tagLength))
        // One block longer than the message, so that the buffer has an address even if the message is empty.
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
