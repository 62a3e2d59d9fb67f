package import Cryptography
package import Vending

/// The header of a token (RFC 7515 §4), of which only `alg` and `kid` mean anything here.
///
/// `jwk`, `jku`, `x5u` and `x5c` are never looked at: keys come from the issuer's configuration alone.
package struct JOSEHeader {
    package let algorithm: SignatureAlgorithm
    package let keyID: String?

    package init(json: [UInt8]) throws(TokenRefusal) {
        let object: JSONObject
        do throws(JSONProblem) {
            object = try JSONObject.parse(json, keeping: ["alg", "kid", "typ", "cty"] + Self.refused)
        } catch {
            throw TokenRefusal(.headerMalformed, "the header is not a strict JSON object: \(error)")
        }
        algorithm = try Self.algorithm(of: object)
        for name in Self.refused where object[name] != nil {
            throw TokenRefusal(.headerNotAllowed, "the header holds \"\(name)\", which is not accepted")
        }
        if let type = object["typ"] { try Self.check(type: type) }
        if let content = object["cty"] { try Self.check(content: content) }
        guard let keyID = object["kid"] else {
            self.keyID = nil
            return
        }
        guard let keyID = keyID.string else {
            throw TokenRefusal(.headerMalformed, "kid is \(keyID.typeName), not a string")
        }
        self.keyID = keyID
    }

    /// Extensions that change what the signature covers or how the payload is read (RFC 7515 §4.1.11, RFC 7797,
    /// RFC 7516 §4.1).
    private static let refused = ["crit", "b64", "zip", "enc"]

    private static func algorithm(of object: JSONObject) throws(TokenRefusal) -> SignatureAlgorithm {
        guard let value = object["alg"] else { throw TokenRefusal(.algorithmNotAllowed, "the header has no alg") }
        guard let name = value.string else {
            throw TokenRefusal(.algorithmNotAllowed, "alg is \(value.typeName), not a string")
        }
        guard let algorithm = SignatureAlgorithm(exactly: name) else {
            throw TokenRefusal(
                .algorithmNotAllowed,
                "alg is \(Words.quote(name)), expected one of \(SignatureAlgorithm.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
        return algorithm
    }

    /// RFC 7519 §5.1 and RFC 9068 §2.1; other kinds of token must not pass for these (RFC 8725 §3.11).
    private static func check(type value: JSONValue) throws(TokenRefusal) {
        guard let type = value.string else {
            throw TokenRefusal(.typeNotAllowed, "typ is \(value.typeName), not a string")
        }
        guard ["jwt", "at+jwt"].contains(mediaType(type)) else {
            throw TokenRefusal(.typeNotAllowed, "typ is \(Words.quote(type)), expected JWT, at+jwt or none")
        }
    }

    /// `cty: JWT` says that the payload is another token (RFC 7519 §5.2).
    private static func check(content value: JSONValue) throws(TokenRefusal) {
        guard let content = value.string else {
            throw TokenRefusal(.headerMalformed, "cty is \(value.typeName), not a string")
        }
        guard mediaType(content) != "jwt" else {
            throw TokenRefusal(.headerNotAllowed, "cty is \(Words.quote(content)): nested tokens are not accepted")
        }
    }

    /// In lower case and without `application/` (RFC 7515 §4.1.9). Only ASCII letters have cases here.
    private static func mediaType(_ text: String) -> String {
        let lower = String(
            decoding: text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
        return lower.hasPrefix("application/") ? String(lower.dropFirst("application/".count)) : lower
    }
}
