private import Cryptography
private import Foundation
private import Tokens
private import Vending

/// Compact tokens, their headers and their claims, through the whole verification.
enum TokenProperties {
    private static let now = Date(timeIntervalSince1970: 1_795_230_000)
    private static let issuer = "https://login.example.com/"
    private static let stage = Result { try Stage() }

    private struct Stage: Sendable {
        let key: PrivateKey
        let authenticator: TokenAuthenticator

        init() throws {
            key = try PrivateKey.generate(.ec(.p256))
            let members = key.publicKey.material.jwkMembers + [("kid", "k1")]
            let jwk = members.map { #""\#($0.name)":"\#($0.value)""# }.joined(separator: ",")
            let keys = try KeySet(jwks: Array(#"{"keys":[{\#(jwk)}]}"#.utf8))
            authenticator = TokenAuthenticator(
                issuers: [
                    IssuerRules(issuer: Issuer(TokenProperties.issuer), audiences: ["shop"], keys: FixedKeys(keys))
                ],
                verdicts: 1_000)
        }
    }

    /// Reasons that come before the issuer's rules, and so before the form is known to be good.
    private static let form: Set<TokenError.Reason> = [
        .tooLong, .notCompactForm, .notBase64URL, .headerMalformed, .payloadMalformed, .algorithmNotAllowed,
        .headerNotAllowed, .typeNotAllowed,
    ]

    static func check(token: [UInt8]) throws(PropertyViolation) -> Bool {
        // What is no UTF-8 never becomes a bearer token: header fields are text.
        guard let text = String(validating: token, as: UTF8.self) else { return false }
        let refusal = try refusal(of: text)
        guard let refusal else {
            throw PropertyViolation("a token that nobody signed is accepted")
        }
        guard !form.contains(refusal.reason) else { return false }
        try wellFormed(text)
        return true
    }

    /// An independent reading of the compact form: three parts, each of which encodes back to itself.
    private static func wellFormed(_ text: String) throws(PropertyViolation) {
        try PropertyViolation.require(text.utf8.count <= 16_384, "a long token passes")
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        try PropertyViolation.require(parts.count == 3, "\(parts.count) parts pass")
        for part in parts {
            let padding = String(repeating: "=", count: (4 - part.utf8.count % 4) % 4)
            let base64 = String(part).replacing("-", with: "+").replacing("_", with: "/") + padding
            guard !part.contains("+"), !part.contains("/"), let data = Data(base64Encoded: base64) else {
                throw PropertyViolation("a part that is no base64url passes")
            }
            let back = data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
                .replacing("=", with: "")
            try PropertyViolation.require(back == String(part), "a part that is not canonical passes")
        }
    }

    /// A header over good claims, signed with the right key: accepted only if it is what the rules allow.
    static func check(header: [UInt8]) throws(PropertyViolation) -> Bool {
        let claims = #"{"iss":"\#(issuer)","sub":"alice","aud":"shop","exp":1795233600}"#
        let refusal = try refusal(of: try sign(header, Array(claims.utf8)))
        guard refusal == nil else { return false }
        guard let members = try? JSONSerialization.jsonObject(with: Data(header)) as? [String: Any] else {
            throw PropertyViolation("a header that is no object passes")
        }
        try PropertyViolation.require(members["alg"] as? String == "ES256", "another algorithm passes")
        try PropertyViolation.require(members["kid"] == nil || members["kid"] as? String == "k1", "another kid passes")
        for name in ["crit", "b64", "zip", "enc"] {
            try PropertyViolation.require(members[name] == nil, "\(name) passes")
        }
        if let type = members["typ"] {
            let allowed = ["jwt", "at+jwt", "application/jwt", "application/at+jwt"]
            try PropertyViolation.require(allowed.contains((type as? String)?.lowercased() ?? ""), "typ \(type) passes")
        }
        return true
    }

    /// Claims under a good header, signed with the right key: accepted only if an independent reading agrees.
    static func check(claims: [UInt8]) throws(PropertyViolation) -> Bool {
        let refusal = try refusal(of: try sign(Array(#"{"alg":"ES256","kid":"k1"}"#.utf8), claims))
        guard refusal == nil else { return false }
        guard let members = try? JSONSerialization.jsonObject(with: Data(claims)) as? [String: Any] else {
            throw PropertyViolation("claims that are no object pass")
        }
        try PropertyViolation.require(members["iss"] as? String == issuer, "another issuer passes")
        let audiences = (members["aud"] as? [String]) ?? (members["aud"] as? String).map { [$0] } ?? []
        try PropertyViolation.require(audiences.contains("shop"), "another audience passes")
        try PropertyViolation.require(
            audiences.count == 1 || members["azp"] as? String == "shop", "several audiences without our azp pass")
        guard let end = members["exp"] as? Double else {
            throw PropertyViolation("no exp, or one that is no number, passes")
        }
        let seconds = now.timeIntervalSince1970
        try PropertyViolation.require(end > seconds - 60 && end <= seconds + 86_400 + 60, "exp \(end) passes")
        if let begin = members["nbf"] {
            try PropertyViolation.require((begin as? Double ?? .infinity) <= seconds + 60, "nbf \(begin) passes")
        }
        guard let subject = members["sub"] as? String else { throw PropertyViolation("no sub passes") }
        try PropertyViolation.require(
            (1...256).contains(subject.utf8.count), "a sub of \(subject.utf8.count) bytes passes")
        try PropertyViolation.require(
            !subject.unicodeScalars.contains { $0.properties.generalCategory == .control }, "a control character passes"
        )
        return true
    }

    private static func sign(_ header: [UInt8], _ payload: [UInt8]) throws(PropertyViolation) -> String {
        let input = Base64URL.encode(header) + "." + Base64URL.encode(payload)
        do {
            let signature = try stage.get().key.sign(Array(input.utf8).span, algorithm: .es256)
            return input + "." + Base64URL.encode(signature)
        } catch {
            throw PropertyViolation("can't sign: \(error)")
        }
    }

    private static func refusal(of token: String) throws(PropertyViolation) -> TokenError? {
        let authenticator: TokenAuthenticator
        do {
            authenticator = try stage.get().authenticator
        } catch {
            throw PropertyViolation("no stage: \(error)")
        }
        let first = judge(authenticator, token)
        try PropertyViolation.require(judge(authenticator, token)?.reason == first?.reason, "a second verdict differs")
        if let first {
            let detail = first.detail.utf8
            try PropertyViolation.require(detail.count <= 4_096, "a detail of \(detail.count) bytes")
            try PropertyViolation.require(
                detail.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "a control character in the detail: \(first.detail)")
        }
        return first
    }

    private static func judge(_ authenticator: TokenAuthenticator, _ token: String) -> TokenError? {
        do throws(TokenError) {
            _ = try authenticator.authenticate(BearerToken(token), at: now)
            return nil
        } catch {
            return error
        }
    }
}
