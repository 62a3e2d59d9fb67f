// SPDX-License-Identifier: Apache-2.0

package import Cryptography
package import StrictJSON

/// Why a document is not a valid key set. The keys in use stay in use.
package enum KeySetError: Error, Sendable {
    case tooLarge(bytes: Int)
    case notJSON(JSONError)
    /// `keys` is missing or not an array.
    case keysMissing
    case tooManyKeys(Int)
    /// Two signing keys have the same `kid`, so the choice would be ambiguous.
    case duplicateKeyID(String)
    case noUsableKey([SkippedKey])
    case notPEM(PEMError)
    /// Neither a JSON object nor PEM.
    case unknownForm
}

extension KeySetError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooLarge(let bytes): "\(bytes) bytes, at most \(KeySet.documentLimit) are read"
        case .notJSON(let problem): "not a JSON object: \(problem)"
        case .keysMissing: "\"keys\" is missing or not an array"
        case .tooManyKeys(let count): "\(count) keys, at most \(KeySet.keyLimit) are accepted"
        case .duplicateKeyID(let keyID): "two signing keys with kid \(LogText.quote(keyID))"
        case .noUsableKey(let skipped) where skipped.isEmpty: "no keys"
        case .noUsableKey(let skipped): "no usable key: " + skipped.map(\.description).joined(separator: "; ")
        case .notPEM(let problem): "malformed PEM: \(problem)"
        case .unknownForm: "neither a JWK Set nor PEM"
        }
    }
}

/// A key that was skipped, and why.
package struct SkippedKey: Sendable, CustomStringConvertible {
    /// The key's position in the document, from 0.
    package let index: Int
    package let keyID: String?
    package let problem: JWKError

    package var description: String {
        "key \(index)\(keyID.map { " (kid \(LogText.quote($0)))" } ?? ""): \(problem)"
    }
}
