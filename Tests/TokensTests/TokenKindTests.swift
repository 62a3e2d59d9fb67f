// SPDX-License-Identifier: Apache-2.0

import Testing
import Tokens
import Vending

/// Which kinds of signed token are credentials. Every token here has a valid signature and valid claims.
@Suite struct TokenKindTests {
    private let issuer: TestIssuer
    private let authenticator: TokenAuthenticator

    init() throws {
        issuer = try TestIssuer()
        authenticator = try issuer.authenticator()
    }

    private func reason(_ changes: [String: String?]) throws -> TokenError.Reason? {
        authenticator.refusal(of: try issuer.token(changes))
    }

    @Test(
        "rejects a token with events, whatever their value",
        arguments: [
            #"{"http://schemas.openid.net/event/backchannel-logout":{}}"#, "{}", "[]", "null", #""x""#, "false",
        ])
    func events(value: String) throws {
        #expect(try reason(["events": value]) == .kindNotAllowed)
        #expect(try reason(["Events": value, "event": value]) == nil)
    }

    @Test("rejects a token with events behind an escaped name")
    func escapedEvents() throws {
        let claims = TestIssuer.claims().dropLast() + #","event\u0073":{}}"#
        #expect(authenticator.refusal(of: try issuer.token(payload: String(claims))) == .kindNotAllowed)
    }

    @Test(
        "rejects tokens that say that they are refresh or offline tokens",
        arguments: ["typ", "token_use", "token_type"],
        [
            "Refresh", "refresh", "REFRESH", "Offline", "refresh_token", "refresh-token", "RefreshToken",
            "offline_token", "urn:ietf:params:oauth:token-type:refresh_token", "refresh+jwt",
        ])
    func refresh(claim: String, kind: String) throws {
        #expect(try reason([claim: "\"\(kind)\""]) == .kindNotAllowed)
        #expect(try reason([claim: "[\"other\",\"\(kind)\"]"]) == .kindNotAllowed)
    }

    @Test(
        "accepts the other kinds that providers name, and values that only resemble one",
        arguments: [
            ("typ", #""Bearer""#), ("typ", #""ID""#), ("typ", #""JWT""#), ("typ", "1"), ("typ", "null"),
            ("token_use", #""id""#), ("token_use", #""access""#), ("token_type", #""Bearer""#),
            ("token_type", #""access""#), ("typ", #""refreshed""#), ("typ", #""no refresh""#),
            ("token_use", #"{"refresh":true}"#), ("kind", #""refresh""#), ("scope", #""offline_access""#),
        ])
    func others(claim: String, value: String) throws {
        #expect(try reason([claim: value]) == nil)
    }
}
