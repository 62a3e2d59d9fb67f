// SPDX-License-Identifier: Apache-2.0

import Cryptography
import FoundationEssentials
import StrictJSON
import Tokens
import Vending

/// Distinct tokens of one issuer, with the claims that OpenID providers usually send.
struct SampleTokens {
    static let now = Date(timeIntervalSince1970: 1_795_230_000)

    let key: PrivateKey
    let keySet: KeySet
    let rules: IssuerRules
    let tokens: [BearerToken]
    var texts: [String] { tokens.map(\.rawValue) }

    init(_ kind: PrivateKey.Kind, _ algorithm: SignatureAlgorithm, count: Int) throws {
        key = try PrivateKey.generate(kind)
        let keyID = "b1946ac92492d2347c6235b4d2611184"
        let jwk = JSONText.object(key.publicKey.material.jwkMembers + [("kid", keyID)])
        keySet = try KeySet(jwks: Array(#"{"keys":[\#(jwk)]}"#.utf8))
        rules = IssuerRules(
            issuer: Issuer("https://login.example.com/"), audiences: ["retail-demo-store"], keys: FixedKeys(keySet))
        let header = #"{"alg":"\#(algorithm.rawValue)","typ":"JWT","kid":"\#(keyID)"}"#
        tokens = try (0..<count).map { [key] number in
            let input =
                Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Array(Self.claims(number).utf8))
            let signature = try key.sign(Array(input.utf8).span, algorithm: algorithm)
            return BearerToken(hashing: input + "." + Base64URL.encode(signature))
        }
    }

    private static func claims(_ number: Int) -> String {
        #"{"iss":"https://login.example.com/","sub":"auth0|5f7c8ec7c33c6c004bbafe\#(100_000 + number)","#
            + #""aud":"retail-demo-store","exp":1795233600,"iat":1795230000,"auth_time":1795229990,"#
            + #""nonce":"n-0S6_WzA2Mj","email":"ada@example.com","email_verified":true,"name":"Ada Lovelace"}"#
    }

    var authenticator: TokenAuthenticator { TokenAuthenticator(issuers: [rules]) }
}
