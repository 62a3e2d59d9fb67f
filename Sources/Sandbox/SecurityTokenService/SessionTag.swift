/// A session tag.
struct SessionTag: Sendable, Hashable {
    let key: String
    let value: String

    /// Tags at most (AWS STS API, AssumeRole).
    static let limit = 50
    static let keyLength = 1...128
    static let valueLength = 0...256

    var size: Int { key.utf8.count + value.utf8.count }

    /// `[\p{L}\p{Z}\p{N}_.:/=+\-@]*` (AWS STS API, Tag).
    static func isLegal(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
                .decimalNumber, .letterNumber, .otherNumber,
                .spaceSeparator, .lineSeparator, .paragraphSeparator:
                true
            default: "_.:/=+-@".unicodeScalars.contains(scalar)
            }
        }
    }
}
