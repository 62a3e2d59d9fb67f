// SPDX-License-Identifier: Apache-2.0

package import Cryptography
import StrictJSON
package import Vending

/// The checked header of a token (RFC 7515 §4); verification uses only its `alg` and `kid`.
///
/// `jwk`, `jku`, `x5u` and `x5c` are never read: keys come only from the issuer's configuration.
package struct JOSEHeader {
    package let algorithm: SignatureAlgorithm
    package let keyID: String?

    package init(json: [UInt8], kind: TokenKind = .credential) throws(TokenError) {
        let values: Values
        do throws(JSONError) {
            values = try Values(JSONMembers(json))
        } catch {
            throw TokenError(.headerMalformed, "the header is not a strict JSON object: \(error)")
        }
        algorithm = try Self.algorithm(values.algorithm)
        if let name = values.refused {
            throw TokenError(.headerNotAllowed, "the header contains \"\(name)\", which is not accepted")
        }
        if let type = values.type { try Self.check(type: type, of: kind) }
        if let content = values.content { try Self.check(content: content) }
        guard let keyID = values.keyID else {
            self.keyID = nil
            return
        }
        guard let keyID = keyID.string else {
            throw TokenError(.headerMalformed, "kid is \(keyID.typeName), not a string")
        }
        self.keyID = keyID
    }

    /// The members that are checked, before their types are.
    private struct Values {
        let algorithm: JSONValue?
        let keyID: JSONValue?
        let type: JSONValue?
        let content: JSONValue?
        /// The first member that is not accepted.
        let refused: String?

        init(_ members: JSONMembers) throws(JSONError) {
            algorithm = try members.value("alg")
            keyID = try members.value("kid")
            type = try members.value("typ")
            content = try members.value("cty")
            var refused: String?
            for name in JOSEHeader.refused where try members.member(name) != nil {
                refused = name
                break
            }
            self.refused = refused
        }
    }

    /// Extensions that change what the signature covers or how the payload is parsed (RFC 7515 §4.1.11, RFC 7797,
    /// RFC 7516 §4.1).
    private static let refused = ["crit", "b64", "zip", "enc"]

    private static func algorithm(_ value: JSONValue?) throws(TokenError) -> SignatureAlgorithm {
        guard let value else { throw TokenError(.algorithmNotAllowed, "the header has no alg") }
        guard let name = value.string else {
            throw TokenError(.algorithmNotAllowed, "alg is \(value.typeName), not a string")
        }
        guard let algorithm = SignatureAlgorithm(exactly: name) else {
            throw TokenError(
                .algorithmNotAllowed,
                "alg is \(LogText.quote(name)), expected one of \(SignatureAlgorithm.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
        return algorithm
    }

    /// RFC 7519 §5.1 and RFC 9068 §2.1; tokens of other kinds must be rejected (RFC 8725 §3.11).
    private static func check(type value: JSONValue, of kind: TokenKind) throws(TokenError) {
        guard let type = value.string else {
            throw TokenError(.typeNotAllowed, "typ is \(value.typeName), not a string")
        }
        guard isMediaType(type, "jwt") || isMediaType(type, kind.type) else {
            throw TokenError(.typeNotAllowed, "typ is \(LogText.quote(type)), expected JWT, \(kind.type) or none")
        }
    }

    /// `cty: JWT` means that the payload is another token (RFC 7519 §5.2).
    private static func check(content value: JSONValue) throws(TokenError) {
        guard let content = value.string else {
            throw TokenError(.headerMalformed, "cty is \(value.typeName), not a string")
        }
        guard !isMediaType(content, "jwt") else {
            throw TokenError(.headerNotAllowed, "cty is \(LogText.quote(content)): nested tokens are not accepted")
        }
    }

    /// Whether `text` is `name`, with or without `application/` (RFC 7515 §4.1.9). Ignores the case of ASCII letters
    /// only.
    /// - Parameter name: in lower case.
    private static func isMediaType(_ text: String, _ name: String) -> Bool {
        isLowercased(text, name) || isLowercased(text, "application/" + name)
    }

    private static func isLowercased(_ text: String, _ lower: String) -> Bool {
        guard text.utf8.count == lower.utf8.count else { return false }
        return text.utf8.elementsEqual(lower.utf8) { byte, lower in
            ((0x41...0x5A).contains(byte) ? byte | 0x20 : byte) == lower
        }
    }
}
