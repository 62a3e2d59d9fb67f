// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Testing
import Tokens
import Vending

/// The rules for selecting the key that verifies a token, and for its signature.
struct KeySelectionTests {
    private static func authenticator(_ jwks: String) throws -> TokenAuthenticator {
        let keys = try KeySet(jwks: Array(jwks.utf8))
        return TokenAuthenticator(issuers: [
            IssuerRules(issuer: Issuer(TestIssuer.name), audiences: ["shop"], keys: FixedKeys(keys))
        ])
    }

    private static func jwks(_ keys: [String]) -> String { #"{"keys":[\#(keys.joined(separator: ","))]}"# }

    @Test("selects the key with exactly the token's kid")
    func keyID() throws {
        let (a, b) = (try TestIssuer(keyID: "K1"), try TestIssuer(keyID: "K2"))
        let both = try Self.authenticator(Self.jwks([a.jwk(), b.jwk()]))
        #expect(both.refusal(of: try a.token()) == nil)
        #expect(both.refusal(of: try b.token()) == nil)
        // A valid signature under the kid of the other key.
        #expect(both.refusal(of: try a.token(header: b.header)) == .signatureInvalid)
        for other in ["k1", "K1 ", "K3", "", "\u{212A}1", "../K1", "K1' OR '1'='1"] {
            #expect(
                both.refusal(of: try a.token(header: #"{"alg":"ES256","kid":"\#(other)"}"#)) == .keyUnknown, "\(other)")
        }
    }

    @Test("without a kid, selects the only key that fits the algorithm and rejects the token if two keys fit")
    func noKeyID() throws {
        let ec = try TestIssuer(keyID: "ec")
        let other = try TestIssuer(keyID: "ec2")
        let rsa = try TestIssuer(.rsa(bits: 2048), .rs256, keyID: "rsa")
        let mixed = try Self.authenticator(Self.jwks([ec.jwk(), rsa.jwk()]))
        #expect(mixed.refusal(of: try ec.token(header: #"{"alg":"ES256"}"#)) == nil)
        #expect(mixed.refusal(of: try rsa.token(header: #"{"alg":"RS256"}"#)) == nil)
        #expect(mixed.refusal(of: try ec.token(header: #"{"alg":"ES384"}"#)) == .keyUnfit)
        let two = try Self.authenticator(Self.jwks([ec.jwk(), other.jwk(), rsa.jwk()]))
        #expect(two.refusal(of: try ec.token(header: #"{"alg":"ES256"}"#)) == .keyAmbiguous)
        #expect(two.refusal(of: try rsa.token(header: #"{"alg":"RS256"}"#)) == nil)
    }

    @Test("uses a key only with the algorithm of its JWK, kind and curve")
    func fit() throws {
        let pinned = try TestIssuer(.rsa(bits: 2048), .ps256)
        let keys = try Self.authenticator(Self.jwks([pinned.jwk(#","alg":"RS256""#)]))
        #expect(keys.refusal(of: try pinned.token()) == .keyUnfit)
        let rs256 = BearerToken(
            hashing: try pinned.token(header: #"{"alg":"RS256","kid":"k1"}"#).rawValue)
        // Signed with PS256 but declared as RS256.
        #expect(keys.refusal(of: rs256) == .signatureInvalid)
        let ec = try TestIssuer()
        let plain = try ec.authenticator()
        for algorithm in ["ES384", "ES512", "RS256", "PS256", "EdDSA"] {
            #expect(plain.refusal(of: try ec.token(header: #"{"alg":"\#(algorithm)","kid":"k1"}"#)) == .keyUnfit)
        }
    }

    @Test("rejects a signature by another key, over other bytes or of another length")
    func signatures() throws {
        for (kind, algorithm) in [(.ec(.p256), .es256), (.rsa(bits: 2048), .rs256), (.ed25519, .edDSA)]
            as [(PrivateKey.Kind, SignatureAlgorithm)]
        {
            let issuer = try TestIssuer(kind, algorithm)
            let attacker = try TestIssuer(kind, algorithm)
            let authenticator = try issuer.authenticator()
            #expect(authenticator.refusal(of: try attacker.token()) == .signatureInvalid)
            let alice = try issuer.token().rawValue.split(separator: ".")
            let bob = try issuer.token(["sub": #""bob""#]).rawValue.split(separator: ".")
            #expect(
                authenticator.refusal(of: BearerToken(hashing: "\(alice[0]).\(bob[1]).\(alice[2])"))
                    == .signatureInvalid)
            let signature = try #require(Base64URL.decode(String(alice[2])))
            for other in [[], [0] + signature, signature + [0], Array(signature.dropLast())] {
                let token = BearerToken(hashing: "\(alice[0]).\(alice[1]).\(Base64URL.encode(other))")
                #expect(authenticator.refusal(of: token) == .signatureInvalid)
            }
            for index in [0, signature.count / 2, signature.count - 1] {
                var flipped = signature
                flipped[index] ^= 1
                let token = BearerToken(hashing: "\(alice[0]).\(alice[1]).\(Base64URL.encode(flipped))")
                #expect(authenticator.refusal(of: token) == .signatureInvalid)
            }
        }
    }

    @Test("rejects a token signed with another issuer's key, even under the same kid")
    func issuersApart() throws {
        let (ours, theirs) = (try TestIssuer(), try TestIssuer())
        let authenticator = TokenAuthenticator(issuers: [
            try ours.rules(),
            IssuerRules(
                issuer: Issuer("https://other.example/"), audiences: ["shop"], keys: FixedKeys(try theirs.keys())),
        ])
        #expect(authenticator.refusal(of: try ours.token()) == nil)
        #expect(authenticator.refusal(of: try theirs.token()) == .signatureInvalid)
        #expect(authenticator.refusal(of: try theirs.token(["iss": #""https://other.example/""#])) == nil)
        #expect(authenticator.refusal(of: try ours.token(["iss": #""https://other.example/""#])) == .signatureInvalid)
    }

    @Test("with keys from PEM, ignores the token's kid and requires that only one key fits")
    func pem() throws {
        let issuer = try TestIssuer(keyID: "whatever")
        let one = try KeySet(file: Array(Self.pem(issuer).utf8))
        #expect(try one.select(keyID: "x", algorithm: .es256) === one.keys[0])
        #expect(try one.select(keyID: nil, algorithm: .es256) === one.keys[0])
        let two = try KeySet(file: Array((Self.pem(issuer) + Self.pem(try TestIssuer())).utf8))
        #expect(two.keys.count == 2)
        #expect {
            try two.select(keyID: "whatever", algorithm: .es256)
        } throws: {
            ($0 as? TokenError)?.reason == .keyAmbiguous
        }
        let mixed = try KeySet(file: Array((Self.pem(issuer) + Self.pem(try TestIssuer(.ed25519, .edDSA))).utf8))
        let authenticator = TokenAuthenticator(issuers: [
            IssuerRules(issuer: Issuer(TestIssuer.name), audiences: ["shop"], keys: FixedKeys(mixed))
        ])
        #expect(authenticator.refusal(of: try issuer.token()) == nil)
    }

    /// Encodes the key as SubjectPublicKeyInfo, independent of libcrypto (RFC 5480 §2, RFC 8410 §4).
    static func pem(_ issuer: TestIssuer) throws -> String {
        let der: [UInt8]
        switch issuer.key.publicKey.material {
        case .ec(.p256, let x, let y):
            let prefix: [UInt8] = [
                0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86,
                0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
            ]
            der = prefix + x + y
        case .ed25519(let x): der = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00] + x
        default:
            struct NoPEM: Error {}
            throw NoPEM()
        }
        let base64 = Base64URL.encode(der).replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - base64.count % 4) % 4)
        return "-----BEGIN PUBLIC KEY-----\n\(base64)\(padding)\n-----END PUBLIC KEY-----\n"
    }
}
