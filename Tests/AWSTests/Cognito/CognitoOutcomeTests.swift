import Foundation
import Outbound
import Testing
import Vending

@testable import AWS

/// What each answer of Cognito, or its absence, becomes, and after how many attempts.
@Suite struct CognitoOutcomeTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let words: String
        let reply: ScriptedTransport.Reply
        let kind: ExchangeError.Kind
        let attempts: Int
        var testDescription: String { words }
    }

    static let expired = CognitoFixture.error(
        "NotAuthorizedException", "Invalid login token. Token expired: 1589092400 >= 1589092129")
    static let rows = [
        Row(words: "token expired", reply: expired, kind: .tokenExpired, attempts: 1),
        Row(
            words: "not authorized", reply: CognitoFixture.error("NotAuthorizedException", "eyJ of alice"),
            kind: .refused, attempts: 1),
        Row(
            words: "another identity's login", reply: CognitoFixture.error("ResourceConflictException"),
            kind: .refused, attempts: 1),
        Row(
            words: "wrong parameter", reply: CognitoFixture.error("InvalidParameterException"), kind: .refused,
            attempts: 1),
        Row(
            words: "pool's roles", reply: CognitoFixture.error("InvalidIdentityPoolConfigurationException"),
            kind: .refused, attempts: 1),
        Row(
            words: "no such pool", reply: CognitoFixture.error("ResourceNotFoundException"), kind: .refused,
            attempts: 1),
        Row(
            words: "throttled with a 400", reply: CognitoFixture.error("TooManyRequestsException"), kind: .throttled,
            attempts: 3),
        Row(
            words: "limit exceeded", reply: CognitoFixture.error("LimitExceededException"), kind: .throttled,
            attempts: 3),
        Row(words: "429", reply: .answer(429, ""), kind: .throttled, attempts: 3),
        Row(
            words: "provider trouble", reply: CognitoFixture.error("ExternalServiceException"), kind: .unavailable,
            attempts: 2),
        Row(
            words: "internal error", reply: CognitoFixture.error("InternalErrorException", status: 500),
            kind: .unavailable,
            attempts: 3),
        Row(words: "HTML 502", reply: .answer(502, "<html>Bad Gateway</html>"), kind: .unavailable, attempts: 3),
        Row(words: "HTML 403", reply: .answer(403, "<html>no</html>"), kind: .refused, attempts: 1),
        Row(words: "redirect", reply: .answer(302, ""), kind: .unavailable, attempts: 3),
        Row(words: "empty 200", reply: .answer(200, ""), kind: .unavailable, attempts: 3),
        Row(words: "garbage with a 200", reply: .answer(200, "garbage"), kind: .unavailable, attempts: 3),
        Row(
            words: "200 that is not whole", reply: .answer(200, #"{"IdentityId":"us-west-2:aaaa""#),
            kind: .unavailable, attempts: 3),
        Row(words: "200 without an identity", reply: .answer(200, "{}"), kind: .unavailable, attempts: 3),
        Row(
            words: "200 with a strange identity", reply: .answer(200, #"{"IdentityId":"alice \"x\""}"#),
            kind: .unavailable, attempts: 3),
        Row(words: "not listening", reply: .fail(.connection("connection refused")), kind: .unavailable, attempts: 3),
        Row(words: "too long", reply: .fail(.tooLarge(limit: 65_536)), kind: .unavailable, attempts: 3),
        Row(words: "silence", reply: .silence, kind: .timedOut, attempts: 2),
        Row(words: "cancelled", reply: .fail(.cancelled), kind: .unavailable, attempts: 1),
    ]

    @Test("GetId: each answer has its outcome after its number of attempts", arguments: rows)
    func getID(row: Row) async throws {
        let cognito = try CognitoFixture([row.reply])
        let failure = try #require(try await cognito.enhanced().failure)
        #expect(failure.kind == row.kind)
        #expect(cognito.requests.count == row.attempts)
        #expect(failure.detail.contains("GetId"))
        #expect(cognito.fixture.clock.elapsed <= .seconds(8))
    }

    @Test("GetCredentialsForIdentity: each answer has its outcome, beside those about the identity", arguments: rows)
    func getCredentials(row: Row) async throws {
        let cognito = try CognitoFixture([CognitoFixture.identity(), row.reply])
        let failure = try #require(try await cognito.enhanced().failure)
        #expect(failure.kind == row.kind)
        #expect(cognito.requests.count == 1 + row.attempts)
        #expect(failure.detail.contains("GetCredentialsForIdentity"))
    }

    @Test("no failure's text holds the token, the subject, an identity or Cognito's own message", arguments: rows)
    func secrecy(row: Row) async throws {
        for script in [[row.reply], [CognitoFixture.identity(), row.reply]] {
            let failure = try #require(try await CognitoFixture(script).enhanced().failure)
            let text = String(reflecting: failure)
            for secret in [Fixture.token, Fixture.subject, "alice", "eyJ", "us-west-2:", "1589092129"] {
                #expect(!text.contains(secret), "\(secret)")
            }
        }
    }

    @Test(
        "credentials that lack something, or are not fit to be handed on, are none",
        arguments: [
            #"{"IdentityId":"us-west-2:aa","Credentials":{"AccessKeyId":"ASIACOGNITOEXAMPLE00","SecretKey":"s","SessionToken":"t"}}"#,
            #"{"IdentityId":"us-west-2:aa","Credentials":{"AccessKeyId":"ASIACOGNITOEXAMPLE00","SecretKey":"s","Expiration":1767326645}}"#,
            #"{"IdentityId":"us-west-2:aa","Credentials":{"AccessKeyId":"ASIACOGNITOEXAMPLE00","SecretAccessKey":"s","SessionToken":"t","Expiration":1767326645}}"#,
            #"{"IdentityId":"us-west-2:aa","Credentials":{"SecretKey":"s","SessionToken":"t","Expiration":1767326645}}"#,
            #"{"Credentials":{"AccessKeyId":"ASIACOGNITOEXAMPLE00","SecretKey":"s","SessionToken":"t","Expiration":1767326645}}"#,
            #"{"IdentityId":"us-west-2:aa","Credentials":{"AccessKeyId":"ASIACOGNITOEXAMPLE00","SecretKey":"s","SessionToken":"t","Expiration":"2026-01-02T04:04:05Z"}}"#,
            #"{"IdentityId":"us-west-2:aa","Credentials":{"AccessKeyId":"ASIACOGNITOEXAMPLE00","SecretKey":"s","SessionToken":"t","Expiration":1767323045}}"#,
            #"{"IdentityId":"us-west-2:aa","Credentials":{"AccessKeyId":"ASIACOGNITOEXAMPLE00","SecretKey":"s","SessionToken":"t","Expiration":1e300}}"#,
            #"{"IdentityId":"us-west-2:aa","Credentials":{"AccessKeyId":"ASIACOGNITOEXAMPLE00","SecretKey":"a\nb","SessionToken":"t","Expiration":1767326645}}"#,
            #"{"IdentityId":"us-west-2:aa","Credentials":null}"#, #"{"IdentityId":"us-west-2:aa"}"#,
        ])
    func incomplete(body: String) async throws {
        let cognito = try CognitoFixture([CognitoFixture.identity(), .answer(200, body)])
        let failure = try #require(try await cognito.enhanced().failure)
        #expect(failure.kind == .unavailable)
        #expect(failure.detail.hasPrefix("GetCredentialsForIdentity: "))
    }

    @Test(
        "an OpenID token that is none does not go to STS",
        arguments: [#""Token":"""#, #""Token":"a b\nc d""#, #""Token":null"#, #""Token":7"#, #""Tokens":"eyJ""#])
    func badOpenIDToken(member: String) async throws {
        let cognito = try CognitoFixture([
            CognitoFixture.identity(), .answer(200, #"{"IdentityId":"us-west-2:aa",\#(member)}"#),
        ])
        #expect(try await cognito.basic().failure?.kind == .unavailable)
        #expect(cognito.calls == ["GetId", "GetOpenIdToken", "GetOpenIdToken", "GetOpenIdToken"])
    }

    @Test("a user's expired token ends the exchange at any step; an expired token of Cognito's own is AWS's trouble")
    func expiredTokens() async throws {
        let user = try CognitoFixture([CognitoFixture.identity(), Self.expired])
        #expect(try await user.basic(Fixture.user).failure?.kind == .tokenExpired)
        for holder in [Fixture.user, .guests] {
            let own = try CognitoFixture([
                CognitoFixture.identity(), CognitoFixture.openIDToken(), Fixture.error(400, "ExpiredTokenException"),
            ])
            #expect(try await own.basic(holder).failure?.kind == .unavailable)
        }
    }

    @Test("what STS refuses in the basic flow is refused, and the identity is kept")
    func refusedBySTS() async throws {
        let cognito = try CognitoFixture([
            CognitoFixture.identity(), CognitoFixture.openIDToken(), Fixture.error(403, "AccessDenied"),
        ])
        let failure = try await cognito.basic().failure
        #expect(failure?.kind == .refused)
        #expect(failure?.detail.hasPrefix("AssumeRoleWithWebIdentity: AccessDenied") == true)
        _ = try await cognito.basic()
        #expect(cognito.calls.filter { $0 == "GetId" }.count == 1)
    }
}
