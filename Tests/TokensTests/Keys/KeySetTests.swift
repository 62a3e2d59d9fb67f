// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Testing
import Tokens

/// The rules for the keys of a set.
struct KeySetTests {
    private static func set(_ keys: String...) throws -> KeySet {
        try KeySet(jwks: Array(#"{"keys":[\#(keys.joined(separator: ","))]}"#.utf8))
    }

    /// The product of the primes from 3 to 167, shifted to the top bit.
    private static let primes: [UInt8] = [
        0x92, 0x4C, 0xBA, 0x6A, 0xE9, 0x9D, 0xFA, 0x08, 0x45, 0x37, 0xFA, 0xCC, 0x54, 0x94,
        0x8D, 0xF0, 0xC2, 0x3D, 0xA0, 0x44, 0xD8, 0xCA, 0xBE, 0x0E, 0xDD, 0x75, 0xBC, 0x60,
    ]

    private static func problem(_ document: String) -> String {
        do throws(KeySetError) {
            _ = try KeySet(jwks: Array(document.utf8))
            return "none"
        } catch {
            return error.description
        }
    }

    @Test("skips an unusable key with its reason and keeps the others")
    func skipped() throws {
        let good = try TestIssuer(keyID: "good")
        let ec = try TestIssuer(keyID: "bad").jwk()
        let ed = try TestIssuer(.ed25519, .edDSA, keyID: "bad").jwk()
        let rsa = try TestIssuer(.rsa(bits: 2048), .rs256, keyID: "bad").jwk()
        func with(_ jwk: String, _ member: String) -> String { String(jwk.dropLast()) + "," + member + "}" }
        let short = Base64URL.encode([0x81] + [UInt8](repeating: 0xA7, count: 127))
        let modulus = Base64URL.encode([0x81] + [UInt8](repeating: 0xA7, count: 255))
        let even = Base64URL.encode([0x81] + [UInt8](repeating: 0xA6, count: 255))
        let long = Base64URL.encode([0x81] + [UInt8](repeating: 0xA7, count: 1024))
        // One more than a multiple of all primes up to 167.
        let roca = Base64URL.encode(Self.primes + [UInt8](repeating: 0, count: 255 - Self.primes.count) + [1])
        let half = Base64URL.encode([UInt8](repeating: 7, count: 32))
        let cases: [(String, String)] = [
            ("1", "not an object"),
            (#""x""#, "not an object"),
            (#"{"kid":"bad"}"#, "\"kty\" is missing"),
            (#"{"kid":"bad","kty":"oct","k":"AAAA"}"#, "private or symmetric member \"k\""),
            (#"{"kid":"bad","kty":"oct"}"#, "kty \"oct\""),
            (#"{"kid":"bad","kty":"ec","crv":"P-256"}"#, "kty \"ec\""),
            (#"{"kid":"bad","kty":"O\u212AP","crv":"Ed25519","x":"AAAA"}"#, "kty \"O\\u{212a}P\""),
            (with(ec, #""d":"AAAA""#), "member \"d\""),
            (with(rsa, #""p":"AAAA""#), "member \"p\""),
            (with(ec, #""use":"enc""#), "use is \"enc\""),
            (with(ec, #""use":1"#), "\"use\" is missing or malformed"),
            (with(ec, #""key_ops":["sign"]"#), "key_ops"),
            (with(ec, #""key_ops":[]"#), "key_ops"),
            (with(ec, #""key_ops":"verify""#), "\"key_ops\" is missing or malformed"),
            (with(ec, #""alg":"HS256""#), "alg \"HS256\""),
            (with(ec, #""alg":"none""#), "alg \"none\""),
            (with(ec, #""alg":"ECDH-ES""#), "alg \"ECDH-ES\""),
            (with(rsa, #""alg":"RSA-OAEP""#), "alg \"RSA-OAEP\""),
            (with(ec, #""alg":"ES384""#), "alg ES384 does not fit"),
            (with(ec, #""alg":"RS256""#), "alg RS256 does not fit"),
            (ec.replacing("P-256", with: "P-384"), "coordinate has 32 bytes, the curve requires 48"),
            (ec.replacing("P-256", with: "secp256k1"), "crv \"secp256k1\""),
            (ec.replacing("P-256", with: "Ed25519"), "crv \"Ed25519\""),
            (ed.replacing("Ed25519", with: "X25519"), "crv \"X25519\""),
            (ed.replacing("Ed25519", with: "Ed448"), "crv \"Ed448\""),
            (#"{"kty":"EC","crv":"P-256","x":"\#(half)","y":"\#(half)"}"#, "not on the curve"),
            (#"{"kty":"OKP","crv":"Ed25519","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#, "small order"),
            (#"{"kty":"OKP","crv":"Ed25519","x":"AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#, "not on the curve"),
            (#"{"kty":"OKP","crv":"Ed25519","x":"AAAA"}"#, "3 bytes"),
            (#"{"kty":"OKP","crv":"Ed25519","x":"A==="}"#, "\"x\" is missing or malformed"),
            (#"{"kty":"OKP","crv":"Ed25519"}"#, "\"x\" is missing or malformed"),
            (#"{"kty":"RSA","n":"\#(short)","e":"AQAB"}"#, "1024 bits"),
            (#"{"kty":"RSA","n":"\#(long)","e":"AQAB"}"#, "8200 bits"),
            (#"{"kty":"RSA","n":"\#(even)","e":"AQAB"}"#, "even"),
            (#"{"kty":"RSA","n":"\#(roca)","e":"AQAB"}"#, "ROCA"),
            (#"{"kty":"RSA","n":"\#(modulus)","e":"AQ"}"#, "exponent"),
            (#"{"kty":"RSA","n":"\#(modulus)","e":"Ag"}"#, "exponent"),
            (#"{"kty":"RSA","n":"\#(modulus)","e":"AQAAAAE"}"#, "exponent"),
            (#"{"kty":"RSA","n":"\#(modulus)"}"#, "\"e\" is missing or malformed"),
            (#"{"kty":"RSA","n":7,"e":"AQAB"}"#, "\"n\" is missing or malformed"),
            (ec.replacing(#""kid":"bad""#, with: #""kid":7"#), "\"kid\" is missing or malformed"),
        ]
        for (jwk, expected) in cases {
            let set = try Self.set(good.jwk(), jwk)
            #expect(set.keys.map(\.keyID) == ["good"], "\(jwk)")
            let skipped = try #require(set.skipped.first)
            #expect(set.skipped.count == 1 && skipped.index == 1)
            #expect(skipped.description.contains(expected), "\(skipped)")
            // A set of only this key is rejected.
            #expect(Self.problem(#"{"keys":[\#(jwk)]}"#).hasPrefix("no usable key: key 0"))
        }
    }

    @Test("ignores unknown members of a key")
    func unknownMembers() throws {
        let issuer = try TestIssuer()
        let set = try Self.set(
            issuer.jwk(#","use":"sig","alg":"ES256","key_ops":["sign","verify"],"x5t":"x","x5c":["x"],"ext":true"#))
        #expect(set.keys.count == 1 && set.skipped.isEmpty)
        #expect(set.keys[0].algorithm == .es256)
        #expect(set.keys[0].publicKey.material == issuer.key.publicKey.material)
    }

    @Test("rejects a document that is not a key set")
    func documents() throws {
        let jwk = try TestIssuer().jwk()
        #expect(Self.problem("<html>login</html>").hasPrefix("not a JSON object"))
        #expect(Self.problem("[\(jwk)]").hasPrefix("not a JSON object"))
        #expect(Self.problem("").hasPrefix("not a JSON object"))
        #expect(Self.problem(String(#"{"keys":[\#(jwk)]}"#.dropLast(5))).hasPrefix("not a JSON object"))
        #expect(Self.problem(#"{"keys":[\#(jwk)],"keys":[]}"#).hasPrefix("not a JSON object"))
        #expect(Self.problem("{}") == "\"keys\" is missing or not an array")
        #expect(Self.problem(jwk) == "\"keys\" is missing or not an array")
        #expect(Self.problem(#"{"keys":{}}"#) == "\"keys\" is missing or not an array")
        #expect(Self.problem(#"{"keys":[]}"#) == "no keys")
        #expect(Self.problem(#"{"keys":[\#(jwk),\#(try TestIssuer().jwk())]}"#) == "two signing keys with kid \"k1\"")
    }

    @Test("accepts two keys with one kid if only one of them is for signatures")
    func encryptionKeyOfTheSameID() throws {
        let set = try Self.set(try TestIssuer().jwk(#","use":"enc""#), try TestIssuer().jwk())
        #expect(set.keys.count == 1 && set.skipped.count == 1)
    }

    @Test("accepts 100 keys and 512 KiB and rejects more")
    func limits() throws {
        let jwk = try TestIssuer(keyID: nil).jwk()
        func document(_ count: Int) -> String {
            #"{"keys":[\#((0..<count).map { jwk.dropLast() + #","kid":"\#($0)"}"# }.joined(separator: ","))]}"#
        }
        #expect(try KeySet(jwks: Array(document(100).utf8)).keys.count == 100)
        #expect(Self.problem(document(101)) == "101 keys, at most 100 are accepted")
        let text = document(1)
        let padding = String(repeating: " ", count: 512 * 1024 - text.utf8.count)
        #expect(Self.problem(text + padding) == "none")
        #expect(Self.problem(text + padding + " ").hasPrefix("524289 bytes"))
    }

    @Test("detects the form of a key file by its contents")
    func files() throws {
        let issuer = try TestIssuer()
        #expect(try KeySet(file: Array(" \n{\"keys\":[\(issuer.jwk())]}".utf8)).keys.count == 1)
        #expect(try KeySet(file: Array(KeySelectionTests.pem(issuer).utf8)).keys.count == 1)
        for text in ["", "hello", "\u{0}"] {
            #expect {
                try KeySet(file: Array(text.utf8))
            } throws: {
                ($0 as? KeySetError)?.description == "neither a JWK Set nor PEM"
            }
        }
    }

    @Test("skips a private key in a PEM file and names it in the error")
    func privatePEM() throws {
        let key = try PrivateKey.generate(.ec(.p256))
        #expect {
            try KeySet(file: key.pem)
        } throws: {
            ($0 as? KeySetError)?.description.contains("PEM block \"PRIVATE KEY\"") == true
        }
        let both = try KeySet(file: key.pem + Array(KeySelectionTests.pem(try TestIssuer()).utf8))
        #expect(both.keys.count == 1 && both.skipped.count == 1)
    }
}
