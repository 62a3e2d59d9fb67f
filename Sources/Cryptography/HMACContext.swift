// SPDX-License-Identifier: Apache-2.0

private import CLibCrypto

/// A reusable libcrypto context for HMAC with SHA-256. Two threads must not use it at once. It keeps the last key.
@safe struct HMACContext: ~Copyable, @unchecked Sendable {
    private let handle: OpaquePointer

    init() {
        guard let mac = unsafe EVP_MAC_fetch(nil, "HMAC", nil), let handle = unsafe EVP_MAC_CTX_new(mac) else {
            preconditionFailure("libcrypto has no HMAC")
        }
        // The context holds the algorithm.
        unsafe EVP_MAC_free(mac)
        let digest: StaticString = "SHA256"
        let (name, value): (StaticString, _) = unsafe ("digest", UnsafeMutablePointer(mutating: digest.cString))
        let parameters = unsafe [
            OSSL_PARAM_construct_utf8_string(name.cString, value, digest.utf8CodeUnitCount),
            OSSL_PARAM_construct_end(),
        ]
        guard unsafe EVP_MAC_CTX_set_params(handle, parameters) == 1 else {
            preconditionFailure("libcrypto has no HMAC-SHA-256")
        }
        unsafe self.handle = handle
    }

    deinit {
        unsafe EVP_MAC_CTX_free(handle)
    }

    /// - Returns: 32 bytes; `nil` if libcrypto fails.
    borrowing func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8]? {
        // A null key pointer means "the previous key" to EVP_MAC_init(), so an empty key needs an address.
        let keyBytes = key.isEmpty ? [0] : key
        var output = [UInt8](repeating: 0, count: 32)
        var length = 0
        let done =
            unsafe EVP_MAC_init(handle, keyBytes, key.count, nil) == 1
            && EVP_MAC_update(handle, message, message.count) == 1
            && EVP_MAC_final(handle, &output, &length, output.count) == 1
        return done && length == 32 ? output : nil
    }
}
