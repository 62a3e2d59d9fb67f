// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Testing
import Tokens
import Vending

/// The rules for `alg` and the other members of a header.
struct HeaderRuleTests {
    private let issuer: TestIssuer
    private let authenticator: TokenAuthenticator

    init() throws {
        issuer = try TestIssuer()
        authenticator = try issuer.authenticator()
    }

    @Test("accepts each of the ten algorithms with a fitting key")
    func algorithms() throws {
        let kinds: [(PrivateKey.Kind, [SignatureAlgorithm])] = [
            (.ec(.p256), [.es256]), (.ec(.p384), [.es384]), (.ec(.p521), [.es512]), (.ed25519, [.edDSA]),
            (.rsa(bits: 2048), [.rs256, .rs384, .rs512, .ps256, .ps384, .ps512]),
        ]
        for (kind, algorithms) in kinds {
            for algorithm in algorithms {
                let issuer = try TestIssuer(kind, algorithm)
                #expect(try issuer.authenticator().refusal(of: issuer.token()) == nil, "\(algorithm)")
            }
        }
    }

    @Test(
        "rejects any other algorithm by its name",
        arguments: [
            #""none""#, #""None""#, #""NONE""#, #""""#, #""HS256""#, #""HS384""#, #""HS512""#, #""es256""#, #""Es256""#,
            #""ES256 ""#, #""ES256K""#, #""RSA-OAEP""#, #""dir""#, #""EDDSA""#, #""Ed25519""#, #""ES25\u212A""#, "1",
            "null", #"["ES256"]"#,
        ])
    func otherAlgorithms(value: String) throws {
        let token = try issuer.token(header: #"{"alg":\#(value),"kid":"k1"}"#)
        #expect(authenticator.refusal(of: token) == .algorithmNotAllowed)
    }

    @Test("rejects a header without alg")
    func noAlgorithm() throws {
        #expect(authenticator.refusal(of: try issuer.token(header: #"{"kid":"k1"}"#)) == .algorithmNotAllowed)
        #expect(authenticator.refusal(of: try issuer.token(header: "{}")) == .algorithmNotAllowed)
    }

    @Test("rejects alg none with an empty signature")
    func none() throws {
        let payload = Base64URL.encode(Array(TestIssuer.claims().utf8))
        for name in ["none", "None", "nOnE"] {
            let header = Base64URL.encode(Array(#"{"alg":"\#(name)","kid":"k1"}"#.utf8))
            #expect(authenticator.refusal(of: BearerToken(hashing: "\(header).\(payload).")) == .algorithmNotAllowed)
        }
    }

    @Test("rejects an HS256 token whose MAC key is the public key")
    func confusion() throws {
        let header = Base64URL.encode(Array(#"{"alg":"HS256","kid":"k1"}"#.utf8))
        let input = header + "." + Base64URL.encode(Array(TestIssuer.claims().utf8))
        let mac = HMACSHA256.authenticate(Array(input.utf8), key: Array(issuer.jwk().utf8))
        let token = BearerToken(hashing: input + "." + Base64URL.encode(mac))
        #expect(authenticator.refusal(of: token) == .algorithmNotAllowed)
    }

    @Test("rejects an algorithm that the issuer's configuration does not allow, although key and signature fit")
    func configured() throws {
        let issuer = try TestIssuer(.rsa(bits: 2048), .ps256)
        let narrow = TokenAuthenticator(issuers: [try issuer.rules(algorithms: [.rs256])])
        #expect(narrow.refusal(of: try issuer.token()) == .algorithmNotAllowed)
        let wide = TokenAuthenticator(issuers: [try issuer.rules(algorithms: [.rs256, .ps256])])
        #expect(wide.refusal(of: try issuer.token()) == nil)
    }

    @Test(
        "rejects crit, b64, zip, enc and nested tokens",
        arguments: [
            #""crit":["exp"]"#, #""crit":[]"#, #""crit":null"#, #""b64":false"#, #""b64":true"#, #""zip":"DEF""#,
            #""enc":"A256GCM""#, #""cty":"JWT""#, #""cty":"jwt""#, #""cty":"application/jwt""#, #""\u0063rit":["x"]"#,
        ])
    func notAllowed(member: String) throws {
        let token = try issuer.token(header: #"{"alg":"ES256","kid":"k1",\#(member)}"#)
        #expect(authenticator.refusal(of: token) == .headerNotAllowed)
    }

    @Test(
        "accepts typ JWT and at+jwt in any case, with or without application/",
        arguments: [
            "JWT", "jwt", "Jwt", "application/jwt", "application/JWT", "APPLICATION/jwt", "at+jwt", "AT+JWT",
            "application/at+jwt",
        ])
    func types(type: String) throws {
        let token = try issuer.token(header: #"{"alg":"ES256","kid":"k1","typ":"\#(type)"}"#)
        #expect(authenticator.refusal(of: token) == nil)
    }

    @Test(
        "rejects every other typ",
        arguments: [
            #""logout+jwt""#, #""dpop+jwt""#, #""secevent+jwt""#, #""JOSE""#, #""""#, #""JWT ""#, #""text/jwt""#,
            #""application/application/jwt""#, "null", "1", #"["JWT"]"#,
        ])
    func otherTypes(value: String) throws {
        let token = try issuer.token(header: #"{"alg":"ES256","kid":"k1","typ":\#(value)}"#)
        #expect(authenticator.refusal(of: token) == .typeNotAllowed)
    }

    @Test("ignores keys and key addresses in the header")
    func embeddedKeys() throws {
        let attacker = try TestIssuer()
        for member in [
            #""jwk":\#(attacker.jwk())"#, #""jku":"http://127.0.0.1:1/jwks""#, #""x5u":"http://127.0.0.1:1/""#,
            #""x5c":["AAAA"]"#,
        ] {
            let header = #"{"alg":"ES256","kid":"k1",\#(member)}"#
            #expect(authenticator.refusal(of: try attacker.token(header: header)) == .signatureInvalid)
            #expect(authenticator.refusal(of: try issuer.token(header: header)) == nil)
        }
    }
}
