// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Foundation
package import Tokens

/// A private key with which Purser signs tokens, from a file or an environment variable.
package struct SigningKeyFile: Sendable {
    package let signer: TokenSigner

    static let expected =
        "a PEM file with one private key, RSA of 2048 bits or more or P-256, as `purser keys new` makes it, or "
        + "env:NAME of a variable with its text or with the text in base64"

    /// For a key that is not in a file.
    package init(_ signer: TokenSigner) {
        self.signer = signer
    }

    /// - Throws: what was found and what was expected, never the key.
    init(_ content: SecretReader.Content) throws(KeyFileError) {
        do {
            let key = try PrivateKey(pem: Self.pem(content))
            let algorithm: SignatureAlgorithm =
                switch key.publicKey.kind {
                case .rsa: .rs256
                case .ec(.p256): .es256
                default: throw KeyError.unsupported("a key of this kind")
                }
            signer = try TokenSigner(key: key, keyID: TokenSigner.thumbprint(key.publicKey), algorithm: algorithm)
        } catch {
            throw KeyFileError(description: "\(content.source): \(error); expected \(Self.expected)")
        }
    }

    /// A variable may hold the PEM text in base64, on one line, because some platforms allow no line breaks in variables.
    private static func pem(_ content: SecretReader.Content) -> [UInt8] {
        guard content.isVariable else { return content.bytes }
        let text = String(decoding: content.bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        return Data(base64Encoded: text).map(Array.init) ?? content.bytes
    }
}
