// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Foundation
import TestSupport
import Testing
import Vending

@testable import Tokens

/// The rules of OpenID Connect Back-Channel Logout 1.0 §2.6 that the black-box tests do not cover, and key changes.
@Suite struct LogoutTokenTests {
    private struct PlainHashing: LogoutHashing {
        func logoutKey(_ kind: LogoutKey.Kind, _ issuer: Issuer, _ text: String) -> LogoutKey {
            LogoutKey("\(kind) \(issuer) \(text)".utf8.reduce(17) { $0 &* 31 &+ UInt64($1) })
        }
    }

    private static let event = #"{"http://schemas.openid.net/event/backchannel-logout":{}}"#
    private let hashing = PlainHashing()
    private let issuer: TestIssuer

    init() throws { issuer = try TestIssuer() }

    private func rules(_ keys: any KeySource, leeway: Duration = .seconds(60)) -> IssuerRules {
        IssuerRules(
            issuer: Issuer(TestIssuer.name), audiences: ["shop"], leeway: leeway, keys: keys,
            logout: LogoutRules(audiences: ["web", "app"], hashing: hashing))
    }

    private func token(_ changes: [String: String?] = [:], type: String = "logout+jwt") throws -> String {
        let usual: [String: String?] = [
            "aud": #""web""#, "jti": #""j-1""#, "events": Self.event, "exp": "1795230120",
        ]
        let header = issuer.header.dropLast() + #","typ":"\#(type)"}"#
        let payload = TestIssuer.claims(usual.merging(changes) { $1 })
        return try issuer.sign(header: String(header), payload: Array(payload.utf8)).rawValue
    }

    private func verify(_ token: String, _ rules: IssuerRules? = nil) async throws -> LogoutRecord {
        let rules = try rules ?? self.rules(FixedKeys(try issuer.keys()))
        return try await #require(LogoutAuthenticator(rules)).verify(token, at: TestIssuer.now)
    }

    private func reason(_ changes: [String: String?], type: String = "logout+jwt") async throws -> String? {
        do {
            _ = try await verify(try token(changes, type: type))
            return nil
        } catch LogoutError.tokenRefused(let error) {
            return error.reason.rawValue
        } catch LogoutError.invalid(let reason, _) {
            return reason.rawValue
        }
    }

    private func key(_ kind: LogoutKey.Kind, _ text: String) -> LogoutKey {
        hashing.logoutKey(kind, Issuer(TestIssuer.name), text)
    }

    @Test("returns the hashes of jti, sub and sid, and the time rounded up")
    func record() async throws {
        let found = try await verify(try token(["sid": #""s-1""#, "iat": "1795230000.25"]))
        #expect(
            found
                == LogoutRecord(
                    identifier: key(.identifier, "j-1"), issuedAt: 1_795_230_001, user: key(.user, "alice"),
                    session: key(.session, "s-1")))
        let session = try await verify(try token(["sid": #""s-1""#, "sub": nil]))
        #expect(session.user == nil && session.session == key(.session, "s-1"))
    }

    @Test("accepts an audience of a list, tokens of other types than logout+jwt, and a token without exp")
    func lenient() async throws {
        #expect(try await reason(["aud": #"["other","app"]"#]) == nil)
        for type in ["JWT", "application/logout+jwt", "LOGOUT+JWT"] {
            #expect(try await reason([:], type: type) == nil)
        }
        #expect(try await reason(["exp": nil]) == nil)
        #expect(try await reason(["iat": "1795226341", "exp": "1795233600"]) == nil)
    }

    @Test(
        "rejects a token that breaks a rule",
        arguments: [
            (["aud": #""shop""#], "audience_wrong"), (["aud": #"["web",7]"#], "audience_wrong"),
            (["aud": "{}"], "audience_wrong"), (["nonce": "null"], "logout_nonce"),
            (["events": "{}"], "logout_event_missing"),
            (["events": "[]"], "logout_event_missing"), (["events": nil], "logout_event_missing"),
            (["jti": #""""#], "logout_jti_missing"), (["jti": "7"], "logout_jti_missing"),
            (["sub": nil], "logout_sub_and_sid_missing"), (["sub": #""""#], "subject_malformed"),
            (["sid": #""""#], "session_malformed"), (["exp": #""1795230120""#], "expiration_malformed"),
            (["iat": #""now""#], "issued_at_malformed"),
            (["iat": "1795226339", "exp": "1795233600"], "logout_too_old"),
            (["iat": "1795229339", "exp": nil], "logout_too_old"), (["iat": "1795230061"], "issued_in_future"),
            (["exp": "1795229940"], "expired"),
        ] as [([String: String?], String)])
    func rules(changes: [String: String?], expected: String) async throws {
        #expect(try await reason(changes) == expected)
    }

    @Test("a logout token is no credential, and a credential is no logout token")
    func kinds() async throws {
        let authenticator = TokenAuthenticator(issuers: [rules(FixedKeys(try issuer.keys()))])
        let logout = BearerToken(hashing: try token(["aud": #""shop""#]))
        #expect(authenticator.refusal(of: logout) == .typeNotAllowed)
        #expect(try await reason([:], type: "at+jwt") == "type_not_allowed")
        #expect(LogoutAuthenticator(try issuer.rules()) == nil)
    }

    @Test("looks once for newer keys if the key is unknown, and rejects the token if there are none")
    func keys() async throws {
        let harness = try RemoteKeysHarness()
        harness.provider.publish(issuer)
        let found = try await verify(try token(), rules(harness.source))
        #expect(found.user == key(.user, "alice") && harness.provider.count == 1)
        let stranger = try TestIssuer(keyID: "k2")
        let text = try stranger.sign(
            header: stranger.header, payload: Array(TestIssuer.claims(["events": Self.event]).utf8)
        ).rawValue
        await #expect(throws: LogoutError.self) { try await verify(text, rules(harness.source)) }
        #expect(harness.provider.count <= 2)
        let other = try token(["iss": #""https://other.example.com/""#])
        await #expect(throws: LogoutError.self) { try await verify(other, rules(harness.source)) }
        #expect(harness.provider.count <= 2, "another issuer's token causes no fetch")
    }

    @Test("an identity has its session's hashes only for an issuer with logout, where iat is required")
    func sessions() throws {
        let authenticator = TokenAuthenticator(issuers: [rules(FixedKeys(try issuer.keys()))])
        let session = try #require(
            try authenticator.authenticate(try issuer.token(["sid": #""s-1""#]), at: TestIssuer.now).session)
        #expect(session.issuedAt == 1_795_230_000 && session.user == key(.user, "alice"))
        #expect(session.session == key(.session, "s-1"))
        #expect(try authenticator.authenticate(try issuer.token(), at: TestIssuer.now).session?.session == nil)
        #expect(authenticator.refusal(of: try issuer.token(["iat": nil])) == .issuedAtMissing)
        #expect(authenticator.refusal(of: try issuer.token(["sid": "7"])) == .sessionMalformed)
        let plain = try issuer.authenticator()
        #expect(try plain.authenticate(try issuer.token(["iat": nil, "sid": "7"]), at: TestIssuer.now).session == nil)
    }

    @Test("a logout is remembered until no token issued before it can be valid, and for an hour at least")
    func retention() {
        let day = Duration.seconds(86_400)
        #expect(LogoutAuthenticator.retention(maximumLifetime: day, leeway: .seconds(60)) >= 86_460)
        #expect(LogoutAuthenticator.retention(maximumLifetime: .seconds(60), leeway: .zero) >= 3_600)
    }

    @Test("a discovery document announces logout tokens only with the value true")
    func discovery() throws {
        func announces(_ value: String) throws -> Bool {
            let text =
                #"{"issuer":"https://login.example.com/","jwks_uri":"https://login.example.com/jwks","backchannel_logout_supported":\#(value)}"#
            return try DiscoveryDocument(Array(text.utf8), of: Issuer(TestIssuer.name)).announcesLogout
        }
        #expect(try announces("true"))
        for value in ["false", #""true""#, "1", "null"] { #expect(try !announces(value)) }
    }
}
