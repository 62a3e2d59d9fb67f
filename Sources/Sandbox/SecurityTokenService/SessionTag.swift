// SPDX-License-Identifier: Apache-2.0

/// A session tag within AWS's limits: keys of 1 to 128 characters, values of up to 256.
struct SessionTag: Sendable, Hashable {
    let key: String
    let value: String

    /// Tags of one session, at most (AWS STS API, AssumeRole).
    static let limit = 50
    static let keyLength = 1...128
    static let valueLength = 0...256

    /// Bytes.
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
