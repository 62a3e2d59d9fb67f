// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Foundation
import Testing
import Tokens
import Vending

/// The rules for a token's form: what is rejected before a key is selected.
struct FormTests {
    private let issuer: TestIssuer
    private let authenticator: TokenAuthenticator

    init() throws {
        issuer = try TestIssuer()
        authenticator = try issuer.authenticator()
    }

    @Test("accepts a valid token and returns its issuer, subject and expiry")
    func good() throws {
        let identity = try authenticator.authenticate(try issuer.token(), at: TestIssuer.now)
        #expect(identity.issuer == Issuer(TestIssuer.name))
        #expect(identity.subject == Subject("alice"))
        #expect(identity.expiration.timeIntervalSince1970 == 1_795_233_600)
    }

    @Test("accepts a token of 16 KiB and rejects one more byte")
    func length() throws {
        // No base64url text has a length of 1 modulo 4, so the header is padded too, to reach every total length.
        func padded(header: Int, payload: Int) throws -> BearerToken {
            let extra = #"{"x":""# + String(repeating: "x", count: header) + #"","#
            let claims = TestIssuer.claims(["pad": "\"" + String(repeating: "x", count: payload) + "\""])
            return try issuer.sign(header: extra + issuer.header.dropFirst(), payload: Array(claims.utf8))
        }
        var exact: [BearerToken] = []
        var over: [BearerToken] = []
        for header in 0..<3 {
            for payload in 12_030..<12_120 {
                let token = try padded(header: header, payload: payload)
                if token.rawValue.utf8.count == 16_384 { exact.append(token) }
                if token.rawValue.utf8.count == 16_385 { over.append(token) }
            }
        }
        try #require(!exact.isEmpty && !over.isEmpty)
        for token in exact { #expect(authenticator.refusal(of: token) == nil) }
        for token in over { #expect(authenticator.refusal(of: token) == .tooLong) }
        #expect(authenticator.refusal(of: BearerToken(hashing: String(repeating: "a", count: 1_000_000))) == .tooLong)
    }

    @Test("rejects a token that does not have exactly three parts")
    func parts() throws {
        let token = try issuer.token().rawValue
        let parts = token.split(separator: ".").map(String.init)
        for text in [
            "", ".", "..", "garbage", parts[0], "\(parts[0]).\(parts[1])", token + ".", token + ".x", "." + token,
            token + "..", token + "~", #"{"payload":"e30"}"#,
        ] {
            let reason = authenticator.refusal(of: BearerToken(hashing: text))
            #expect([.notCompactForm, .notBase64URL, .headerMalformed].contains(reason), "\(text.count) bytes")
        }
        #expect(authenticator.refusal(of: BearerToken(hashing: parts[0] + "." + parts[1])) == .notCompactForm)
        #expect(authenticator.refusal(of: BearerToken(hashing: token + ".x.y")) == .notCompactForm)
        #expect(authenticator.refusal(of: BearerToken(hashing: "..")) == .headerMalformed)
        #expect(authenticator.refusal(of: BearerToken(hashing: "\(parts[0]).\(parts[1]).")) == .signatureInvalid)
        #expect(authenticator.refusal(of: BearerToken(hashing: "\(parts[0])..\(parts[2])")) == .payloadMalformed)
    }

    @Test("rejects base64url that is not canonical, in each part")
    func base64url() throws {
        let token = try issuer.token().rawValue
        for part in 0..<3 {
            for change: (String) -> String in [
                { $0 + "=" }, { $0 + "==" }, { " " + $0 }, { $0 + " " }, { $0 + "\n" }, { "\t" + $0 }, { $0 + "+" },
                { "/" + $0.dropFirst() }, { "é" + $0.dropFirst() }, { $0 + "\u{0}" },
            ] {
                var parts = token.split(separator: ".").map(String.init)
                parts[part] = change(parts[part])
                #expect(authenticator.refusal(of: BearerToken(hashing: parts.joined(separator: "."))) == .notBase64URL)
            }
        }
        // A signature of 64 bytes has four tail bits, which a lax decoder ignores.
        for other in ["B", "C", "D", "E", "F", "G", "H"] {
            var text = token
            let last = text.removeLast()
            #expect("AQgw".contains(last))
            #expect(authenticator.refusal(of: BearerToken(hashing: text + other)) == .notBase64URL)
        }
    }

    @Test("rejects a header over 2 KiB")
    func headerLength() throws {
        func header(_ count: Int) -> String {
            #"{"alg":"ES256","kid":"k1","x":""# + String(repeating: "x", count: count - 33) + #""}"#
        }
        #expect(header(2048).utf8.count == 2048)
        #expect(authenticator.refusal(of: try issuer.token(header: header(2048))) == nil)
        #expect(authenticator.refusal(of: try issuer.token(header: header(2049))) == .headerMalformed)
        #expect(authenticator.refusal(of: try issuer.token(header: header(4000))) == .headerMalformed)
    }

    @Test(
        "rejects a header that is not one strict JSON object",
        arguments: [
            "", "[]", "1", "null", #""ES256""#, #"{"alg":"ES256","kid":"k1""#, #"{"alg":"ES256","kid":"k1"} "# + "x",
            #"{"alg":"ES256","alg":"ES256","kid":"k1"}"#, #"{"alg":"ES256","\u0061lg":"none","kid":"k1"}"#,
            "\u{FEFF}" + #"{"alg":"ES256","kid":"k1"}"#, #"{"alg":"ES256","kid":"k1","x":"\ud800"}"#,
            #"{"alg":"ES256","kid":"k1","x":{"a":1,"a":1}}"#, #"{'alg':'ES256','kid':'k1'}"#,
            "{\"alg\":\"ES256\",\"kid\":\"k1\u{0}\"}", #"{"alg":"ES256","kid":1}"#, #"{"alg":"ES256","kid":null}"#,
            #"{"alg":"ES256","kid":["k1"]}"#, #"{"alg":"ES256","kid":"k1","cty":7}"#,
        ])
    func header(text: String) throws {
        #expect(authenticator.refusal(of: try issuer.token(header: text)) == .headerMalformed)
    }

    @Test("rejects a header or payload that is not UTF-8")
    func utf8() throws {
        let bad: [UInt8] = Array(#"{"iss":"https://login.example.com/","x":""#.utf8) + [0xFF] + Array(#""}"#.utf8)
        #expect(authenticator.refusal(of: try issuer.sign(header: issuer.header, payload: bad)) == .payloadMalformed)
        let input = Base64URL.encode(Array(#"{"alg":"ES256","x":""#.utf8) + [0xC0, 0x80] + Array(#""}"#.utf8))
        #expect(authenticator.refusal(of: BearerToken(hashing: input + ".e30.AA")) == .headerMalformed)
    }

    @Test("rejects a payload that is not one strict JSON object, although its signature is valid")
    func payload() throws {
        let good = TestIssuer.claims()
        func with(_ member: String) -> String { String(good.dropLast()) + "," + member + "}" }
        let deep = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        let texts: [String] = [
            "", "[]", "1", "null", "[\(good)]", String(good.dropLast()), "\(good)x", "\(good)\(good)",
            "\u{FEFF}\(good)", "\(good)\u{0}", good.replacing("alice", with: "al\u{0}ice"),
            good.replacing("alice", with: #"al\u0000ice"#), with(#""sub":"bob""#), with(#""s\u0075b":"bob""#),
            with(#""x":{"a":1,"a":1}"#), with(#""x":"\udead""#), with(#""x":01"#), with(#""x":\#(deep)"#),
            // Valid JSON with numbers that libjwt's parser cannot represent.
            with(#""x":99999999999999999999999"#), with(#""x":1e999"#),
        ]
        for text in texts {
            #expect(authenticator.refusal(of: try issuer.token(payload: text)) == .payloadMalformed, "\(text)")
        }
        let fits = with(#""x":\#(deep.dropFirst().dropLast())"#)
        #expect(authenticator.refusal(of: try issuer.token(payload: fits)) == nil)
    }
}
