// SPDX-License-Identifier: Apache-2.0

/// Replaces a user's subject in AWS and in the audit trail.
package struct Pseudonym: Hashable, Sendable, CustomStringConvertible {
    /// 64 characters that AWS accepts in session names, `SourceIdentity` and subjects.
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    /// Whether `text` has the form of a pseudonym: 20 hexadecimal digits, a dot and 43 characters of base64url.
    package static func isPlausible(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 2 && parts[0].utf8.count == 20 && parts[1].utf8.count == 43
            && parts[0].utf8.allSatisfy { $0.isASCIIDigit || (0x61...0x66).contains($0) }
            && parts[1].utf8.allSatisfy { $0.isASCIIAlphanumeric || $0 == 0x2D || $0 == 0x5F }
    }

    package var description: String { text }
}

/// A user in the audit trail.
package struct AuditSubject: Hashable, Sendable {
    package let pseudonym: Pseudonym
    /// The issuer and subject, encrypted with the pseudonym key.
    package let sealed: String
    /// Only if the app's attribution has the naming `clear`.
    package var subject: Subject?

    package init(pseudonym: Pseudonym, sealed: String) {
        self.pseudonym = pseudonym
        self.sealed = sealed
    }
}

/// The port to the pseudonym function: deterministic, and different for each user.
package protocol Pseudonymizer: Sendable {
    func pseudonym(_ issuer: Issuer, _ subject: Subject) -> Pseudonym

    /// The pseudonym, and the user sealed for the audit trail.
    func pseudonymize(_ issuer: Issuer, _ subject: Subject) -> AuditSubject
}
