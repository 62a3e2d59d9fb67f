package import Cryptography
package import StrictJSON

/// Why a document is no key set. The keys that were in use before stay.
package enum KeySetError: Error, Sendable {
    case tooLarge(bytes: Int)
    case notJSON(JSONError)
    /// `keys` is missing or no array.
    case keysMissing
    case tooManyKeys(Int)
    /// Two signing keys of one `kid`: which one is meant would be a guess.
    case duplicateKeyID(String)
    case noUsableKey([SkippedKey])
    case notPEM(PEMError)
    /// Neither a JSON object nor PEM.
    case unknownForm
}

extension KeySetError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooLarge(let bytes): "\(bytes) bytes, \(KeySet.documentLimit) at most are read"
        case .notJSON(let problem): "not a JSON object: \(problem)"
        case .keysMissing: "no array \"keys\""
        case .tooManyKeys(let count): "\(count) keys, \(KeySet.keyLimit) at most are taken"
        case .duplicateKeyID(let keyID): "two signing keys with kid \(LogText.quote(keyID))"
        case .noUsableKey(let skipped) where skipped.isEmpty: "no key in it"
        case .noUsableKey(let skipped): "no usable key: " + skipped.map(\.description).joined(separator: "; ")
        case .notPEM(let problem): "malformed PEM: \(problem)"
        case .unknownForm: "neither a JWK Set nor PEM"
        }
    }
}

/// A key that was passed over, and why.
package struct SkippedKey: Sendable, CustomStringConvertible {
    /// Its place in the document, from 0.
    package let index: Int
    package let keyID: String?
    package let problem: JWKError

    package var description: String {
        "key \(index)\(keyID.map { " (kid \(LogText.quote($0)))" } ?? ""): \(problem)"
    }
}
