// SPDX-License-Identifier: Apache-2.0

import Cryptography
import StrictJSON
import Testing
import Tokens

struct TokenSignerTests {
    private static let claims = Array(#"{"iss":"https://issuer","sub":"alice","aud":["a","b"],"exp":1795229712}"#.utf8)

    @Test(
        "signs tokens that verify with the public key",
        arguments: [
            (.ec(.p256), .es256), (.ec(.p384), .es384), (.ec(.p521), .es512), (.rsa(bits: 2048), .rs256),
            (.rsa(bits: 2048), .rs384), (.rsa(bits: 2048), .rs512),
        ] as [(PrivateKey.Kind, SignatureAlgorithm)])
    func roundTrip(kind: PrivateKey.Kind, algorithm: SignatureAlgorithm) throws {
        let key = try PrivateKey.generate(kind)
        let signer = try TokenSigner(key: key, keyID: "key-1", algorithm: algorithm)
        let token = try signer.sign(claims: Self.claims)
        let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        try #require(parts.count == 3)
        let signature = try #require(Base64URL.decode(parts[2]))
        let input = Array("\(parts[0]).\(parts[1])".utf8)
        let valid = key.publicKey.verify(signature: signature.span, over: input.span, algorithm: algorithm)
        #expect(valid)
        let headerBytes = try #require(Base64URL.decode(parts[0]))
        let header = try #require(try JSONValue.parse(headerBytes).object)
        #expect(header["alg"]?.string == algorithm.rawValue)
        #expect(header["kid"]?.string == "key-1")
        #expect(header["typ"]?.string == "JWT")
        let payloadBytes = try #require(Base64URL.decode(parts[1]))
        let payload = try #require(try JSONValue.parse(payloadBytes).object)
        #expect(payload["sub"]?.string == "alice")
        #expect(payload["aud"]?.array?.compactMap(\.string) == ["a", "b"])
        #expect(payload["exp"]?.int == 1_795_229_712)
    }

    @Test("rejects algorithms that libjwt cannot sign with, keys of another kind and invalid key ids")
    func refused() throws {
        let ec = try PrivateKey.generate(.ec(.p256))
        for algorithm in [SignatureAlgorithm.es384, .rs256, .ps256, .edDSA] {
            #expect(throws: TokenSignerError.algorithm(algorithm)) {
                try TokenSigner(key: ec, keyID: "k", algorithm: algorithm)
            }
        }
        for keyID in ["", "a\u{0}b", "a\nb"] {
            #expect(throws: TokenSignerError.keyID) { try TokenSigner(key: ec, keyID: keyID, algorithm: .es256) }
        }
    }

    @Test(
        "does not sign claims that are not one strict JSON object",
        arguments: ["", "[]", "1", #"{"a":1,"a":2}"#, "{}\u{0}", #"{"a":1} x"#, #"{"a":99999999999999999999}"#])
    func claims(text: String) throws {
        let signer = try TokenSigner(key: .generate(.ec(.p256)), keyID: "k", algorithm: .es256)
        #expect(throws: TokenSignerError.self) { try signer.sign(claims: Array(text.utf8)) }
    }

    @Test("the published key set contains the public key and no private member")
    func keySet() throws {
        let key = try PrivateKey.generate(.ec(.p256))
        let signer = try TokenSigner(key: key, keyID: #"quote"d"#, algorithm: .es256)
        let keys = try #require(try JSONValue.parse(signer.jwks()).object?["keys"]?.array)
        let members = try #require(keys.first?.object?.members)
        #expect(keys.count == 1)
        #expect(members.map(\.name).sorted() == ["alg", "crv", "kid", "kty", "use", "x", "y"])
        #expect(keys.first?.object?["kid"]?.string == #"quote"d"#)
        let x = try #require(Base64URL.decode(keys.first?.object?["x"]?.string ?? ""))
        let y = try #require(Base64URL.decode(keys.first?.object?["y"]?.string ?? ""))
        #expect(key.publicKey.material == .ec(.p256, x: x, y: y))
    }
}
