// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Foundation
import StrictJSON
import Tokens
import Vending

/// An issuer with its own key, which signs any header and payload.
struct TestIssuer {
    static let now = Date(timeIntervalSince1970: 1_795_230_000)
    static let name = "https://login.example.com/"

    let key: PrivateKey
    let algorithm: SignatureAlgorithm
    let keyID: String?

    init(_ kind: PrivateKey.Kind = .ec(.p256), _ algorithm: SignatureAlgorithm = .es256, keyID: String? = "k1") throws {
        key = try PrivateKey.generate(kind)
        self.algorithm = algorithm
        self.keyID = keyID
    }

    /// The public key's JWK, with `extra` members as JSON text.
    func jwk(_ extra: String = "") -> String {
        var members = key.publicKey.material.jwkMembers
        if let keyID { members.append(("kid", keyID)) }
        return JSONText.object(members).dropLast() + extra + "}"
    }

    func keys(_ extra: String = "") throws -> KeySet {
        try KeySet(jwks: Array(#"{"keys":[\#(jwk(extra))]}"#.utf8))
    }

    func rules(audiences: [String] = ["shop"], algorithms: Set<SignatureAlgorithm>? = nil) throws -> IssuerRules {
        IssuerRules(
            issuer: Issuer(Self.name), audiences: audiences, algorithms: algorithms, keys: FixedKeys(try keys()))
    }

    func authenticator(verdicts: Int = 100_000) throws -> TokenAuthenticator {
        TokenAuthenticator(issuers: [try rules()], verdicts: verdicts)
    }

    var header: String {
        #"{"alg":"\#(algorithm.rawValue)"\#(keyID.map { #","kid":"\#($0)""# } ?? "")}"#
    }

    /// Valid claims at `now` with `changes`, which replace or add claims: JSON text, or `nil` to omit a claim.
    static func claims(_ changes: [String: String?] = [:]) -> String {
        var members = [
            "iss": #""\#(name)""#, "sub": #""alice""#, "aud": #""shop""#, "exp": "1795233600", "iat": "1795230000",
        ]
        for (name, value) in changes { members[name] = value }
        return "{" + members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
    }

    func token(_ changes: [String: String?] = [:]) throws -> BearerToken {
        try sign(header: header, payload: Array(Self.claims(changes).utf8))
    }

    func token(header: String) throws -> BearerToken {
        try sign(header: header, payload: Array(Self.claims().utf8))
    }

    func token(payload: String) throws -> BearerToken {
        try sign(header: header, payload: Array(payload.utf8))
    }

    func sign(header: String, payload: [UInt8]) throws -> BearerToken {
        let input = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(payload)
        let signature = try key.sign(Array(input.utf8).span, algorithm: algorithm)
        return BearerToken(hashing: input + "." + Base64URL.encode(signature))
    }
}

extension TokenAuthenticator {
    /// The reason of the rejection; `nil` if the token is accepted.
    func refusal(of token: BearerToken, at now: Date = TestIssuer.now) -> TokenError.Reason? {
        do throws(TokenError) {
            _ = try authenticate(token, at: now)
            return nil
        } catch {
            return error.reason
        }
    }
}
