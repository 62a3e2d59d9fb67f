// SPDX-License-Identifier: Apache-2.0

private import CLibCrypto

/// A digest algorithm, fetched from libcrypto's provider once. With `EVP_sha256()` and similar functions, libcrypto
/// looks up the provider on every use.
@safe struct MessageDigest: @unchecked Sendable {
    /// EVP_MD; never changed and never freed, so sharing it between threads is safe.
    let handle: OpaquePointer
    /// In bytes.
    let length: Int

    private init(_ name: String, length: Int) {
        guard let handle = unsafe EVP_MD_fetch(nil, name, nil) else {
            preconditionFailure("libcrypto has no \(name)")
        }
        unsafe self.handle = handle
        self.length = length
    }

    static let sha256 = MessageDigest("SHA256", length: 32)
    static let sha384 = MessageDigest("SHA384", length: 48)
    static let sha512 = MessageDigest("SHA512", length: 64)
}

extension SignatureAlgorithm {
    /// `nil` for EdDSA, which hashes the message itself.
    var messageDigest: MessageDigest? {
        switch digest {
        case .sha256: .sha256
        case .sha384: .sha384
        case .sha512: .sha512
        case nil: nil
        }
    }
}
