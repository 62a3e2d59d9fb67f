/// A tag that a session carries: IAM conditions can ask for it, CloudTrail shows it (AssumeRole `Tags`).
package struct SessionTagRule: Hashable, Sendable {
    package enum Source: Hashable, Sendable {
        case app
        case issuer
        /// A text, a number or a boolean of the user's token; no tag where the token has none.
        case claim(ClaimPath)

        var fields: [String] {
            switch self {
            case .app: ["app"]
            case .issuer: ["issuer"]
            case .claim(let path): ["claim"] + path.names
            }
        }
    }

    package static let limit = 50
    /// Characters.
    package static let keyLimit = 128
    package static let valueLimit = 256

    package let key: String
    package let source: Source

    /// `nil` for a key that AWS does not take.
    package init?(key: String, source: Source) {
        guard (1...Self.keyLimit).contains(key.unicodeScalars.count), Self.isLegal(key),
            !key.lowercased().hasPrefix("aws:")
        else { return nil }
        self.key = key
        self.source = source
    }

    /// `nil` where it has none. Not yet held to AWS's alphabet and length.
    package func value(app: AppName, identity: VerifiedIdentity?) -> String? {
        switch source {
        case .app: return app.rawValue
        case .issuer: return identity?.issuer.rawValue
        case .claim(let path):
            switch identity?.claims[path] {
            case .string(let text): return text
            case .number(let number): return Int(exactly: number).map(String.init) ?? "\(number)"
            case .boolean(let flag): return String(flag)
            case .list, .other, nil: return nil
            }
        }
    }

    /// Letters, digits and spaces of all languages and `_.:/=+-@` (AssumeRole `Tag`).
    package static func isLegal(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
                .letterNumber, .otherNumber, .spaceSeparator, .lineSeparator, .paragraphSeparator:
                true
            default: "_.:/=+-@".unicodeScalars.contains(scalar)
            }
        }
    }
}
