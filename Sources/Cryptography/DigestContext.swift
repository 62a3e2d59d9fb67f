// SPDX-License-Identifier: Apache-2.0

private import CLibCrypto

/// A reusable libcrypto digest context. Two threads must not use it at once.
@safe struct DigestContext: ~Copyable, @unchecked Sendable {
    private let digest: MessageDigest
    private let handle: OpaquePointer

    init(_ digest: MessageDigest) {
        guard let handle = unsafe EVP_MD_CTX_new() else { preconditionFailure("libcrypto is out of memory") }
        self.digest = digest
        unsafe self.handle = handle
    }

    deinit {
        unsafe EVP_MD_CTX_free(handle)
    }

    /// - Parameter output: at least as long as the digest.
    /// - Returns: `false` if libcrypto fails.
    borrowing func digest(_ message: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Bool {
        unsafe EVP_DigestInit_ex2(handle, digest.handle, nil) == 1
            && EVP_DigestUpdate(handle, message.baseAddress, message.count) == 1
            && EVP_DigestFinal_ex(handle, output.assumingMemoryBound(to: UInt8.self).baseAddress, nil) == 1
    }
}
