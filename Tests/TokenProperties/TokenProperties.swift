// SPDX-License-Identifier: Apache-2.0

private import Cryptography
private import Foundation
private import Tokens
private import Vending

/// Properties of compact tokens, their headers and their claims, checked through the whole verification.
enum TokenProperties {
    private static let now = Date(timeIntervalSince1970: 1_795_230_000)
    private static let issuer = "https://login.example.com/"
    private static let fixture = Result { try Fixture() }

    private struct Fixture: Sendable {
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

    /// Errors found before the issuer's rules apply, so before the form is known to be valid.
    private static let formErrors: Set<TokenError.Reason> = [
        .tooLong, .notCompactForm, .notBase64URL, .headerMalformed, .payloadMalformed, .algorithmNotAllowed,
        .headerNotAllowed, .typeNotAllowed,
    ]

    static func check(token: [UInt8]) throws(PropertyViolation) -> Bool {
        // Bytes that are not UTF-8 never become a bearer token, because header fields are text.
        guard let text = String(validating: token, as: UTF8.self) else { return false }
        let rejection = try rejection(of: text)
        guard let rejection else {
            throw PropertyViolation("a token without a valid signature is accepted")
        }
        guard !formErrors.contains(rejection.reason) else { return false }
        try checkForm(text)
        return true
    }

    /// Checks the compact form independently: three parts, each of which encodes to itself again.
    private static func checkForm(_ text: String) throws(PropertyViolation) {
        try PropertyViolation.require(text.utf8.count <= 16_384, "a token over 16 KiB is accepted")
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        try PropertyViolation.require(parts.count == 3, "\(parts.count) parts are accepted")
        for part in parts {
            let padding = String(repeating: "=", count: (4 - part.utf8.count % 4) % 4)
            let base64 = String(part).replacing("-", with: "+").replacing("_", with: "/") + padding
            guard !part.contains("+"), !part.contains("/"), let data = Data(base64Encoded: base64) else {
                throw PropertyViolation("a part that is not base64url is accepted")
            }
            let back = data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
                .replacing("=", with: "")
            try PropertyViolation.require(back == String(part), "a part that is not canonical is accepted")
        }
    }

    /// Signs the header and valid claims with the right key: the token is accepted only if the rules allow the header.
    static func check(header: [UInt8]) throws(PropertyViolation) -> Bool {
        let claims = #"{"iss":"\#(issuer)","sub":"alice","aud":"shop","exp":1795233600}"#
        let rejection = try rejection(of: try sign(header, Array(claims.utf8)))
        guard rejection == nil else { return false }
        guard let members = try? JSONSerialization.jsonObject(with: Data(header)) as? [String: Any] else {
            throw PropertyViolation("a header that is not an object is accepted")
        }
        try PropertyViolation.require(members["alg"] as? String == "ES256", "another algorithm is accepted")
        try PropertyViolation.require(
            members["kid"] == nil || members["kid"] as? String == "k1", "another kid is accepted")
        for name in ["crit", "b64", "zip", "enc"] {
            try PropertyViolation.require(members[name] == nil, "\(name) is accepted")
        }
        if let type = members["typ"] {
            let allowed = ["jwt", "at+jwt", "application/jwt", "application/at+jwt"]
            try PropertyViolation.require(
                allowed.contains((type as? String)?.lowercased() ?? ""), "typ \(type) is accepted")
        }
        return true
    }

    /// Signs the claims and a valid header with the right key: the token is accepted only if an independent check
    /// agrees.
    static func check(claims: [UInt8]) throws(PropertyViolation) -> Bool {
        let rejection = try rejection(of: try sign(Array(#"{"alg":"ES256","kid":"k1"}"#.utf8), claims))
        guard rejection == nil else { return false }
        guard let members = try? JSONSerialization.jsonObject(with: Data(claims)) as? [String: Any] else {
            throw PropertyViolation("claims that are not an object are accepted")
        }
        try PropertyViolation.require(members["iss"] as? String == issuer, "another issuer is accepted")
        let audiences = (members["aud"] as? [String]) ?? (members["aud"] as? String).map { [$0] } ?? []
        try PropertyViolation.require(audiences.contains("shop"), "another audience is accepted")
        try PropertyViolation.require(members["events"] == nil, "a security event token is accepted")
        for name in ["typ", "token_use", "token_type"] {
            try PropertyViolation.require(
                (members[name] as? String)?.lowercased() != "refresh", "a refresh token is accepted")
        }
        guard let end = members["exp"] as? Double else {
            throw PropertyViolation("a missing exp, or one that is not a number, is accepted")
        }
        let seconds = now.timeIntervalSince1970
        try PropertyViolation.require(end > seconds - 60 && end <= seconds + 86_400 + 60, "exp \(end) is accepted")
        if let begin = members["nbf"] {
            try PropertyViolation.require((begin as? Double ?? .infinity) <= seconds + 60, "nbf \(begin) is accepted")
        }
        guard let subject = members["sub"] as? String else { throw PropertyViolation("a missing sub is accepted") }
        try PropertyViolation.require(
            (1...256).contains(subject.utf8.count), "a sub of \(subject.utf8.count) bytes is accepted")
        try PropertyViolation.require(
            !subject.unicodeScalars.contains { $0.properties.generalCategory == .control },
            "a control character is accepted"
        )
        return true
    }

    private static func sign(_ header: [UInt8], _ payload: [UInt8]) throws(PropertyViolation) -> String {
        let input = Base64URL.encode(header) + "." + Base64URL.encode(payload)
        do {
            let signature = try fixture.get().key.sign(Array(input.utf8).span, algorithm: .es256)
            return input + "." + Base64URL.encode(signature)
        } catch {
            throw PropertyViolation("signing fails: \(error)")
        }
    }

    private static func rejection(of token: String) throws(PropertyViolation) -> TokenError? {
        let authenticator: TokenAuthenticator
        do {
            authenticator = try fixture.get().authenticator
        } catch {
            throw PropertyViolation("the fixture is unavailable: \(error)")
        }
        let first = verify(authenticator, token)
        try PropertyViolation.require(
            verify(authenticator, token)?.reason == first?.reason, "a second verification differs")
        if let first {
            let detail = first.detail.utf8
            try PropertyViolation.require(detail.count <= 4_096, "the detail has \(detail.count) bytes")
            try PropertyViolation.require(
                detail.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "a control character in the detail: \(first.detail)")
        }
        return first
    }

    private static func verify(_ authenticator: TokenAuthenticator, _ token: String) -> TokenError? {
        do throws(TokenError) {
            _ = try authenticator.authenticate(BearerToken(hashing: token), at: now)
            return nil
        } catch {
            return error
        }
    }
}
