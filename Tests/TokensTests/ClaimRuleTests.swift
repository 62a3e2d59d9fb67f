// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Foundation
import StrictJSON
import Testing
import Tokens
import Vending

/// The rules for claims. Every token here has a valid signature.
struct ClaimRuleTests {
    private let issuer: TestIssuer
    private let authenticator: TokenAuthenticator

    init() throws {
        issuer = try TestIssuer()
        authenticator = TokenAuthenticator(issuers: [try issuer.rules(audiences: ["shop", "shop-app"])])
    }

    private func reason(_ changes: [String: String?]) throws -> TokenError.Reason? {
        authenticator.refusal(of: try issuer.token(changes))
    }

    @Test(
        "rejects an issuer that differs in any byte as unknown",
        arguments: [
            "https://login.example.com", "https://login.example.com//", "https://LOGIN.example.com/",
            "https://login.example.com:443/", "http://login.example.com/", "https://login.example.com/ ",
            "https://login.ex\u{430}mple.com/", "https://login.example.com/.", "", "https://evil.example/",
        ])
    func issuer(name: String) throws {
        #expect(try reason(["iss": JSONText.string(name)]) == .issuerUnknown)
    }

    @Test("rejects an issuer that is missing or not a string")
    func noIssuer() throws {
        for value in [nil, "1", "null", #"["https://login.example.com/"]"#] as [String?] {
            #expect(try reason(["iss": value]) == .issuerMissing)
        }
        #expect(try reason(["iss": #""https:\/\/login.example.com\/""#]) == nil)
    }

    @Test(
        "requires aud to be a configured audience or an array that contains one",
        arguments: [
            (#""shop""#, nil), (#""shop-app""#, nil), (#"["shop"]"#, nil), (nil, .audienceMissing),
            ("[]", .audienceMissing), (#""Shop""#, .audienceWrong), (#""shop ""#, .audienceWrong),
            (#""other""#, .audienceWrong), (#""""#, .audienceWrong), (#"["other"]"#, .audienceWrong),
            ("1", .audienceWrong), ("null", .audienceWrong), (#"{"shop":1}"#, .audienceWrong),
            (#"["shop",1]"#, .audienceWrong), (#"[["shop"]]"#, .audienceWrong), ("true", .audienceWrong),
            (#""shop,other""#, .audienceWrong),
        ] as [(String?, TokenError.Reason?)])
    func audience(value: String?, expected: TokenError.Reason?) throws {
        #expect(try reason(["aud": value]) == expected)
    }

    @Test(
        "requires exp to be a number of seconds in range and not in the past, with a leeway of 60 s",
        arguments: [
            ("1795230001", nil), ("1795229941", nil), ("1795229940.5", nil), ("1795229940", .expired),
            ("1795229939.9", .expired), ("0", .expired), (nil, .expirationMissing),
            (#""1795233600""#, .expirationMalformed),
            ("null", .expirationMalformed), ("true", .expirationMalformed), ("[1795233600]", .expirationMalformed),
            ("1795233600000", .expirationMalformed), ("-1", .expirationMalformed), ("1e300", .expirationMalformed),
            ("9223372036854775807", .expirationMalformed), ("1.7952336e9", nil), ("1795233600.25", nil),
        ] as [(String?, TokenError.Reason?)])
    func expiration(value: String?, expected: TokenError.Reason?) throws {
        #expect(try reason(["exp": value, "iat": "1795226400"]) == expected)
    }

    @Test(
        "checks nbf if it is present, with a leeway of 60 s",
        arguments: [
            (nil, nil), ("1795230000", nil), ("1795230060", nil), ("1795230060.5", .notYetValid),
            ("1795230061", .notYetValid), ("0", nil), (#""1795230000""#, .notBeforeMalformed),
            ("null", .notBeforeMalformed), ("1795230000000", .notBeforeMalformed), ("-5", .notBeforeMalformed),
        ] as [(String?, TokenError.Reason?)])
    func notBefore(value: String?, expected: TokenError.Reason?) throws {
        #expect(try reason(["nbf": value]) == expected)
    }

    @Test(
        "checks iat if it is present, with a leeway of 60 s",
        arguments: [
            (nil, nil), ("1795230060", nil), ("1795230061", .issuedInFuture), (#""now""#, .issuedAtMalformed),
            ("1795230000000", .issuedAtMalformed), ("null", .issuedAtMalformed), ("-1", .issuedAtMalformed),
        ] as [(String?, TokenError.Reason?)])
    func issuedAt(value: String?, expected: TokenError.Reason?) throws {
        #expect(try reason(["iat": value]) == expected)
    }

    @Test("rejects a token whose lifetime exceeds 24 hours from iat, or from now without iat")
    func lifetime() throws {
        #expect(try reason(["iat": "1795230000", "exp": "1795316400"]) == nil)
        #expect(try reason(["iat": "1795230000", "exp": "1795316401"]) == .lifetimeTooLong)
        #expect(try reason(["iat": "1795000000", "exp": "1795233600"]) == .lifetimeTooLong)
        #expect(try reason(["iat": nil, "exp": "1795316400"]) == nil)
        #expect(try reason(["iat": nil, "exp": "1795316401"]) == .lifetimeTooLong)
    }

    @Test(
        "requires sub to be a string of 1 to 256 bytes without control characters",
        arguments: [
            (#""a""#, nil), (#""日本""#, nil), (#""\#(String(repeating: "x", count: 256))""#, nil), (#"".*|'; --""#, nil),
            (nil, .subjectMissing), (#""""#, .subjectMalformed),
            (#""\#(String(repeating: "x", count: 257))""#, .subjectMalformed),
            (#""\#(String(repeating: "é", count: 129))""#, .subjectMalformed), ("1", .subjectMalformed),
            ("null", .subjectMalformed), (#"["alice"]"#, .subjectMalformed), (#"{"a":1}"#, .subjectMalformed),
            (#""al\nice""#, .subjectMalformed), (#""al\u007fice""#, .subjectMalformed),
            (#""al\u0085ice""#, .subjectMalformed), (#""\u001b[31m""#, .subjectMalformed),
        ] as [(String?, TokenError.Reason?)])
    func subject(value: String?, expected: TokenError.Reason?) throws {
        #expect(try reason(["sub": value]) == expected)
    }

    @Test("applies the leeway and maximum lifetime of the issuer")
    func issuerLimits() throws {
        let strict = TokenAuthenticator(issuers: [
            IssuerRules(
                issuer: Issuer(TestIssuer.name), audiences: ["shop"], leeway: .zero, maximumLifetime: .seconds(600),
                keys: FixedKeys(try issuer.keys()))
        ])
        #expect(strict.refusal(of: try issuer.token(["exp": "1795230600"])) == nil)
        #expect(strict.refusal(of: try issuer.token(["exp": "1795230601"])) == .lifetimeTooLong)
        #expect(strict.refusal(of: try issuer.token(["exp": "1795230000"])) == .expired)
        #expect(strict.refusal(of: try issuer.token(["exp": "1795230600", "nbf": "1795230001"])) == .notYetValid)
    }

    @Test("error details state the found and the expected value, but contain neither token nor subject")
    func details() throws {
        func detail(_ changes: [String: String?]) throws -> String {
            let token = try issuer.token(changes)
            do throws(TokenError) {
                _ = try authenticator.authenticate(token, at: TestIssuer.now)
                return "accepted"
            } catch {
                #expect(!error.detail.contains("alice"))
                for part in token.rawValue.split(separator: ".") { #expect(!error.detail.contains(part)) }
                return error.detail
            }
        }
        #expect(try detail(["aud": #""other""#]) == #"aud is "other"; expected one of "shop", "shop-app""#)
        #expect(try detail(["exp": "1795226400", "iat": nil]) == "expired 3600 s ago (leeway 60 s)")
        #expect(try detail(["nbf": "1795237200"]) == "not valid for another 7200 s (2 h) (leeway 60 s)")
        #expect(
            try detail(["iss": #""https://evil\u001b.example/""#])
                == #"iss is "https://evil\u{1b}.example/"; configured: "https://login.example.com/""#)
        #expect(try detail(["exp": #""soon""#]) == "exp is a string, not a number of seconds")
        #expect(try detail(["sub": #""alice\n""#]) == "sub contains a control character")
    }
}
