// SPDX-License-Identifier: Apache-2.0

import Foundation
import Outbound
import Testing
import Vending

@testable import AWS

/// The error for each response of Cognito, or for none, and the number of attempts before it.
@Suite struct CognitoOutcomeTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let reply: ScriptedTransport.Reply
        let kind: ExchangeError.Kind
        let attempts: Int
        var testDescription: String { name }
    }

    static let expired = CognitoFixture.error(
        "NotAuthorizedException", "Invalid login token. Token expired: 1589092400 >= 1589092129")
    static let rows = [
        Row(name: "token expired", reply: expired, kind: .tokenExpired, attempts: 1),
        Row(
            name: "not authorized", reply: CognitoFixture.error("NotAuthorizedException", "eyJ of alice"),
            kind: .refused, attempts: 1),
        Row(
            name: "another identity's login", reply: CognitoFixture.error("ResourceConflictException"),
            kind: .refused, attempts: 1),
        Row(
            name: "wrong parameter", reply: CognitoFixture.error("InvalidParameterException"), kind: .refused,
            attempts: 1),
        Row(
            name: "pool's roles", reply: CognitoFixture.error("InvalidIdentityPoolConfigurationException"),
            kind: .refused, attempts: 1),
        Row(
            name: "no such pool", reply: CognitoFixture.error("ResourceNotFoundException"), kind: .refused,
            attempts: 1),
        Row(
            name: "throttled with a 400", reply: CognitoFixture.error("TooManyRequestsException"), kind: .throttled,
            attempts: 3),
        Row(
            name: "limit exceeded", reply: CognitoFixture.error("LimitExceededException"), kind: .throttled,
            attempts: 3),
        Row(name: "429", reply: .answer(429, ""), kind: .throttled, attempts: 3),
        Row(
            name: "provider trouble", reply: CognitoFixture.error("ExternalServiceException"), kind: .unavailable,
            attempts: 2),
        Row(
            name: "internal error", reply: CognitoFixture.error("InternalErrorException", status: 500),
            kind: .unavailable,
            attempts: 3),
        Row(name: "HTML 502", reply: .answer(502, "<html>Bad Gateway</html>"), kind: .unavailable, attempts: 3),
        Row(name: "HTML 403", reply: .answer(403, "<html>no</html>"), kind: .refused, attempts: 1),
        Row(name: "redirect", reply: .answer(302, ""), kind: .unavailable, attempts: 3),
        Row(name: "empty 200", reply: .answer(200, ""), kind: .unavailable, attempts: 3),
        Row(name: "garbage with a 200", reply: .answer(200, "garbage"), kind: .unavailable, attempts: 3),
        Row(
            name: "200 that is not whole", reply: .answer(200, #"{"IdentityId":"us-west-2:aaaa""#),
            kind: .unavailable, attempts: 3),
        Row(name: "200 without an identity", reply: .answer(200, "{}"), kind: .unavailable, attempts: 3),
        Row(
            name: "200 with a strange identity", reply: .answer(200, #"{"IdentityId":"alice \"x\""}"#),
            kind: .unavailable, attempts: 3),
        Row(name: "not listening", reply: .fail(.connection("connection refused")), kind: .unavailable, attempts: 3),
        Row(name: "too long", reply: .fail(.tooLarge(limit: 65_536)), kind: .unavailable, attempts: 3),
        Row(name: "silence", reply: .silence, kind: .timedOut, attempts: 2),
        Row(name: "cancelled", reply: .fail(.cancelled), kind: .unavailable, attempts: 1),
    ]

    @Test("GetId maps each response to its error after the expected number of attempts", arguments: rows)
    func getID(row: Row) async throws {
        let cognito = try CognitoFixture([row.reply])
        let failure = try #require(try await cognito.enhanced().failure)
        #expect(failure.kind == row.kind)
        #expect(cognito.requests.count == row.attempts)
        #expect(failure.detail.contains("GetId"))
        #expect(cognito.fixture.clock.elapsed <= .seconds(8))
    }

    @Test(
        "GetCredentialsForIdentity maps each response to its error after the expected number of attempts",
        arguments: rows)
    func getCredentials(row: Row) async throws {
        let cognito = try CognitoFixture([CognitoFixture.identity(), row.reply])
        let failure = try #require(try await cognito.enhanced().failure)
        #expect(failure.kind == row.kind)
        #expect(cognito.requests.count == 1 + row.attempts)
        #expect(failure.detail.contains("GetCredentialsForIdentity"))
    }

    @Test(
        "no error of the Cognito exchange contains the token, the subject, an identity or Cognito's message",
        arguments: rows)
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
        "rejects credentials that are incomplete or must not be returned",
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
        "does not send a malformed OpenID token to STS",
        arguments: [#""Token":"""#, #""Token":"a b\nc d""#, #""Token":null"#, #""Token":7"#, #""Tokens":"eyJ""#])
    func badOpenIDToken(member: String) async throws {
        let cognito = try CognitoFixture([
            CognitoFixture.identity(), .answer(200, #"{"IdentityId":"us-west-2:aa",\#(member)}"#),
        ])
        #expect(try await cognito.basic().failure?.kind == .unavailable)
        #expect(cognito.calls == ["GetId", "GetOpenIdToken", "GetOpenIdToken", "GetOpenIdToken"])
    }

    @Test("reports an expired token of the user, but an expired token of Cognito as unavailable")
    func expiredTokens() async throws {
        let user = try CognitoFixture([CognitoFixture.identity(), Self.expired])
        #expect(try await user.basic(Fixture.user).failure?.kind == .tokenExpired)
        for holder in [Fixture.user, .guests] {
            let cognito = try CognitoFixture([
                CognitoFixture.identity(), CognitoFixture.openIDToken(), Fixture.error(400, "ExpiredTokenException"),
            ])
            #expect(try await cognito.basic(holder).failure?.kind == .unavailable)
        }
    }

    @Test("reports STS's refusal in the basic flow, and keeps the identity")
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
