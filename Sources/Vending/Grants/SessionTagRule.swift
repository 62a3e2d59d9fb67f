// SPDX-License-Identifier: Apache-2.0

/// A session tag: IAM conditions can refer to it, and CloudTrail records it (AssumeRole `Tags`).
package struct SessionTagRule: Hashable, Sendable {
    package enum Source: Hashable, Sendable {
        case app
        case issuer
        /// A string, a number or a boolean of the user's token. Without such a claim there is no tag.
        case claim(ClaimPath)

        var fields: [String] {
            switch self {
            case .app: ["app"]
            case .issuer: ["issuer"]
            case .claim(let path): ["claim", String(path.names.count)] + path.names
            }
        }
    }

    /// Maximum number of tags of a session.
    package static let limit = 50
    /// In characters, as `valueLimit`.
    package static let keyLimit = 128
    package static let valueLimit = 256

    package let key: String
    package let source: Source

    /// `nil` if AWS does not accept the key.
    package init?(key: String, source: Source) {
        guard (1...Self.keyLimit).contains(key.unicodeScalars.count), Self.isLegal(key),
            !key.lowercased().hasPrefix("aws:")
        else { return nil }
        self.key = key
        self.source = source
    }

    /// `nil` if the source has no value. AWS's alphabet and length are not yet checked.
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
