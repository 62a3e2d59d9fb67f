// SPDX-License-Identifier: Apache-2.0

import Cryptography
package import Vending

/// The secret key from which pseudonyms are derived. Only a holder of the key can map a pseudonym back to a user.
package struct PseudonymKey: Pseudonymizer, LogoutHashing, Sendable {
    /// In bytes.
    package static let length = 32

    /// The prefix of every pseudonym of this key. It identifies the key.
    package let keyID: String
    private let naming: [UInt8]
    private let sealing: [UInt8]
    private let nonces: [UInt8]
    private let clients: [UInt8]
    private let logouts: [UInt8]

    /// - Parameter secret: 32 random bytes.
    package init?(_ secret: [UInt8]) {
        guard secret.count == Self.length else { return nil }
        func derive(_ purpose: String) -> [UInt8] {
            HMACSHA256.authenticate(Array("purser \(purpose)".utf8), key: secret)
        }
        keyID = Hex.encode(derive("key id").prefix(10))
        naming = derive("pseudonym")
        sealing = derive("seal")
        nonces = derive("nonce")
        clients = derive("client address")
        logouts = derive("logout")
    }

    /// The key's id, a dot and the keyed hash of issuer and subject: 20 + 1 + 43 characters.
    package func pseudonym(_ issuer: Issuer, _ subject: Subject) -> Pseudonym {
        pseudonym(of: Self.text(issuer, subject))
    }

    private func pseudonym(of message: [UInt8]) -> Pseudonym {
        Pseudonym(keyID + "." + Base64URL.encode(HMACSHA256.authenticate(message, key: naming)))
    }

    package func pseudonymize(_ issuer: Issuer, _ subject: Subject) -> AuditSubject {
        let message = Self.text(issuer, subject)
        let pseudonym = pseudonym(of: message)
        // The nonce is derived from the message, so equal nonces imply equal messages.
        let nonce = Array(HMACSHA256.authenticate(message, key: nonces).prefix(AES256GCM.nonceLength))
        let sealed = AES256GCM.seal(message, key: sealing, nonce: nonce, context: Array(pseudonym.text.utf8))
        return AuditSubject(pseudonym: pseudonym, sealed: Base64URL.encode(nonce + sealed))
    }

    /// The user behind a pseudonym; `nil` unless this key sealed the text for exactly that pseudonym.
    package func open(_ sealed: String, of pseudonym: Pseudonym) -> (issuer: Issuer, subject: Subject)? {
        guard let bytes = Base64URL.decode(sealed), bytes.count > AES256GCM.nonceLength,
            let message = AES256GCM.open(
                Array(bytes.dropFirst(AES256GCM.nonceLength)), key: sealing,
                nonce: Array(bytes.prefix(AES256GCM.nonceLength)), context: Array(pseudonym.text.utf8)),
            let fields = LengthPrefixed.decode(message), fields.count == 2
        else { return nil }
        return (Issuer(fields[0]), Subject(fields[1]))
    }

    /// A keyed hash of a client's address, in 16 hexadecimal digits.
    package func hash(of client: ClientAddress) -> String {
        Hex.encode(HMACSHA256.authenticate(client.bytes, key: clients).prefix(8))
    }

    package func logoutKey(_ kind: LogoutKey.Kind, _ issuer: Issuer, _ text: String) -> LogoutKey {
        let message = LengthPrefixed.encode([kind.rawValue, issuer.rawValue, text])
        let hash = HMACSHA256.authenticate(Array(message.utf8), key: logouts)
        return LogoutKey(hash.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
    }

    private static func text(_ issuer: Issuer, _ subject: Subject) -> [UInt8] {
        Array(LengthPrefixed.encode([issuer.rawValue, subject.rawValue]).utf8)
    }
}

extension PseudonymKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "[redacted pseudonym key \(keyID)]" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
