/// What stands for a user where others look: in AWS and in the audit trail.
package struct Pseudonym: Hashable, Sendable, CustomStringConvertible {
    /// 64 characters that AWS takes in session names, `SourceIdentity` and subjects.
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    /// Whether a text has the form of one: 20 hexadecimal digits, a dot and 43 characters of base64url.
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
    /// Who it is, readable with the key only.
    package let sealed: String
    /// Who it is, in clear; only where the app's configuration says so.
    package var subject: Subject?

    package init(pseudonym: Pseudonym, sealed: String) {
        self.pseudonym = pseudonym
        self.sealed = sealed
    }
}

/// The port to whatever gives users their pseudonyms: the same each time, no two users one.
package protocol Pseudonymizer: Sendable {
    func pseudonym(_ issuer: Issuer, _ subject: Subject) -> Pseudonym

    /// The same, with the user sealed for the audit trail.
    func pseudonymize(_ issuer: Issuer, _ subject: Subject) -> AuditSubject
}
