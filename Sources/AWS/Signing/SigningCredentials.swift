// SPDX-License-Identifier: Apache-2.0

package import FoundationEssentials
import Vending

/// Credentials that sign a call of AWS. The description is redacted.
package struct SigningCredentials: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package let accessKeyID: String
    package let secretAccessKey: String
    /// `nil` for long-term keys.
    package let sessionToken: String?
    /// `nil` if no expiration is known.
    package let expiration: Date?

    package init(
        accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, expiration: Date? = nil
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }

    /// From the session of an assumed role.
    init(_ session: TemporaryCredentials) {
        self.init(
            accessKeyID: session.accessKeyID, secretAccessKey: session.secretAccessKey,
            sessionToken: session.sessionToken, expiration: session.expiration)
    }

    /// Why the credentials cannot be sent in a header, as fixed text; `nil` if they can.
    /// - Parameter names: the source's names of key id, secret and token, for the text.
    func problem(_ names: (id: String, secret: String, token: String)) -> String? {
        let fields = [
            (names.id, accessKeyID, 128), (names.secret, secretAccessKey, 1_024),
            (names.token, sessionToken ?? "-", 16_384),
        ]
        for (name, value, limit) in fields {
            guard (1...limit).contains(value.utf8.count) else {
                return "\(name) is empty or longer than \(limit) characters"
            }
            // A trailing newline is the usual mistake.
            guard value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                return "\(name) holds a blank, a line break or another character that no key has"
            }
        }
        return nil
    }

    package var description: String { "[redacted credentials]" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
