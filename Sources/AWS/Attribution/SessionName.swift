// SPDX-License-Identifier: Apache-2.0

import Cryptography
package import Vending

/// `RoleSessionName`: 2–64 ASCII characters of `[\w+=,.@-]`. A user always gets the same name, and no two users share
/// one.
///
/// CloudTrail records it. The forms cannot collide: a pseudonym has 64 characters with a dot as the 21st and none after
/// it; a readable subject has a dot as the 17th from its end; the others begin with `=`, followed by a hexadecimal
/// digit, a `g` or a `v`. Within the readable form, the suffix has one length, so equal names have equal subjects and
/// equal issuer suffixes.
package struct SessionName: Hashable, Sendable {
    package let text: String

    package init(_ pseudonym: Pseudonym) {
        text = pseudonym.text
    }

    /// The subject in clear: `SUBJECT.` and 16 digits of the issuer's hash, or `=` and 63 digits of the hash of both.
    package init(issuer: Issuer, subject: Subject) {
        let suffix = ".\(SHA256.digest(issuer.rawValue).hex.prefix(16))"
        let readable = subject.rawValue.utf8
        if !readable.isEmpty, readable.first != UInt8(ascii: "="), readable.count + suffix.utf8.count <= Self.limit,
            readable.allSatisfy({ $0.isSessionNameCharacter })
        {
            text = subject.rawValue + suffix
        } else {
            let pair = LengthPrefixed.encode([issuer.rawValue, subject.rawValue])
            text = "=\(SHA256.digest(pair).hex.prefix(Self.limit - 1))"
        }
    }

    /// The session name that all guests of an app share.
    package init(guestsOf app: AppName) {
        let prefix = "=guest."
        let readable = prefix + app.rawValue
        if readable.utf8.count <= Self.limit {
            text = readable
        } else {
            // An app's name holds no `=`, so this cannot equal another app's readable form.
            text = "=guest=\(SHA256.digest(app.rawValue).hex.prefix(Self.limit - prefix.utf8.count))"
        }
    }

    /// The session of one visitor, by an identifier of hexadecimal digits.
    package init(visitor identifier: String) {
        text = "=visitor.\(identifier)"
    }

    /// Patterns that match the session names of all guests and of no user (IAM, "StringLike").
    package static let guestPatterns = ["=guest*", "=visitor*"]

    private static let limit = 64
}
