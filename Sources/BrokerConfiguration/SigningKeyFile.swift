// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Foundation
package import Tokens

/// A private key with which Purser signs tokens.
package struct SigningKeyFile: Sendable {
    package let signer: TokenSigner

    static let expected =
        "a PEM file with one private key, RSA of 2048 bits or more or P-256, as `purser keys new` makes it"

    /// For a key that is not in a file.
    package init(_ signer: TokenSigner) {
        self.signer = signer
    }

    /// - Throws: what was found and what was expected, never the key.
    init(_ path: String, relativeTo file: String) throws(KeyFileError) {
        let content = try SecretFile.content(path, relativeTo: file, expected: Self.expected)
        do {
            let key = try PrivateKey(pem: content.bytes)
            let algorithm: SignatureAlgorithm =
                switch key.publicKey.kind {
                case .rsa: .rs256
                case .ec(.p256): .es256
                default: throw KeyError.unsupported("a key of this kind")
                }
            signer = try TokenSigner(key: key, keyID: TokenSigner.thumbprint(key.publicKey), algorithm: algorithm)
        } catch {
            throw KeyFileError(description: "\(content.path): \(error); expected \(Self.expected)")
        }
    }
}
