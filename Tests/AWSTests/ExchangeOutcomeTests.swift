// SPDX-License-Identifier: Apache-2.0

import Foundation
import Outbound
import Testing
import Vending

@testable import AWS

/// The error for each response of STS, or for none, and the number of attempts before it.
@Suite struct ExchangeOutcomeTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let reply: ScriptedTransport.Reply
        let kind: ExchangeError.Kind
        let attempts: Int
        var signed = false
        var testDescription: String { name }
    }

    static let rows = [
        Row(name: "access denied", reply: Fixture.error(403, "AccessDenied"), kind: .refused, attempts: 1),
        Row(
            name: "malformed policy", reply: Fixture.error(400, "MalformedPolicyDocument"), kind: .refused, attempts: 1
        ),
        Row(name: "packed policy", reply: Fixture.error(400, "PackedPolicyTooLarge"), kind: .refused, attempts: 1),
        Row(name: "rejected claim", reply: Fixture.error(403, "IDPRejectedClaim"), kind: .refused, attempts: 1),
        Row(name: "validation", reply: Fixture.error(400, "ValidationError"), kind: .refused, attempts: 1),
        Row(name: "unknown 4xx code", reply: Fixture.error(418, "Teapot"), kind: .refused, attempts: 1),
        Row(name: "HTML 403", reply: .answer(403, "<html>no</html>"), kind: .refused, attempts: 1),
        Row(
            name: "no provider", reply: Fixture.error(400, "InvalidIdentityToken", "No OpenIDConnect provider found"),
            kind: .refused, attempts: 1),
        Row(
            name: "keys not fetched",
            reply: Fixture.error(400, "InvalidIdentityToken", "Couldn't retrieve verification key from your identity"),
            kind: .unavailable, attempts: 2),
        Row(
            name: "token expired", reply: Fixture.error(400, "ExpiredTokenException"), kind: .tokenExpired, attempts: 1
        ),
        Row(name: "throttled with a 400", reply: Fixture.error(400, "Throttling"), kind: .throttled, attempts: 3),
        Row(name: "429", reply: .answer(429, ""), kind: .throttled, attempts: 3),
        Row(
            name: "provider not reachable", reply: Fixture.error(400, "IDPCommunicationError"), kind: .unavailable,
            attempts: 3),
        Row(name: "500", reply: Fixture.error(500, "InternalFailure"), kind: .unavailable, attempts: 3),
        Row(name: "HTML 502", reply: .answer(502, "<html>Bad Gateway</html>"), kind: .unavailable, attempts: 3),
        Row(name: "garbage with a 200", reply: .answer(200, "garbage"), kind: .unavailable, attempts: 3),
        Row(name: "HTML with a 200", reply: .answer(200, "<html></html>"), kind: .unavailable, attempts: 3),
        Row(name: "empty 200", reply: .answer(200, ""), kind: .unavailable, attempts: 3),
        Row(name: "redirect", reply: .answer(302, ""), kind: .unavailable, attempts: 3),
        Row(name: "not listening", reply: .fail(.connection("connection refused")), kind: .unavailable, attempts: 3),
        Row(name: "too long", reply: .fail(.tooLarge(limit: 65_536)), kind: .unavailable, attempts: 3),
        Row(name: "silence", reply: .silence, kind: .timedOut, attempts: 2),
        Row(name: "no connection", reply: .fail(.noConnection), kind: .noConnection, attempts: 1),
        Row(name: "cancelled", reply: .fail(.cancelled), kind: .unavailable, attempts: 1),
        Row(
            name: "broker's keys unknown", reply: Fixture.error(403, "InvalidClientTokenId"), kind: .refused,
            attempts: 1,
            signed: true),
        Row(
            name: "broker's session expired", reply: Fixture.error(403, "ExpiredToken"), kind: .refused, attempts: 1,
            signed: true),
        Row(
            name: "broker's secret wrong", reply: Fixture.error(403, "SignatureDoesNotMatch"), kind: .refused,
            attempts: 1,
            signed: true),
    ]

    @Test("maps each response of STS to its error after the expected number of attempts", arguments: rows)
    func outcome(row: Row) async throws {
        let fixture = try Fixture([row.reply])
        let result = row.signed ? await fixture.assumeRole() : await fixture.webIdentity()
        let failure = try #require(result.failure)
        #expect(failure.kind == row.kind)
        #expect(fixture.transport.requests.count == row.attempts)
        let waits =
            failure.kind == .throttled || failure.kind == .noConnection
            || (failure.kind == .unavailable && row.name != "cancelled")
        #expect((failure.retryAfter != nil) == waits)
        #expect(fixture.clock.elapsed <= .seconds(8))
    }

    @Test("no error of an exchange contains the token, the subject, a key or AWS's message", arguments: rows)
    func secrecy(row: Row) async throws {
        let fixture = try Fixture([row.reply])
        let result = row.signed ? await fixture.assumeRole(Fixture.user) : await fixture.webIdentity()
        let text = String(reflecting: try #require(result.failure))
        for secret in [
            Fixture.token, Fixture.subject, "alice", Fixture.secret, "own/session==", "eyJ", "arn:aws:sts",
            "issued/to",
        ] {
            #expect(!text.contains(secret), "\(secret)")
        }
        #expect(text.contains("AssumeRole"))
    }

    @Test("the detail contains the call, AWS's code, the status and the request id")
    func detail() async throws {
        let fixture = try Fixture([Fixture.error(403, "AccessDenied")])
        #expect(
            await fixture.webIdentity().failure?.detail
                == "AssumeRoleWithWebIdentity: AccessDenied (HTTP 403, request f9dc6495-9462): check the role's trust policy"
        )
    }

    @Test("succeeds if a retry succeeds", arguments: [1, 2])
    func recovery(failures: Int) async throws {
        let script = Array(repeating: Fixture.error(500, "InternalFailure"), count: failures)
        let fixture = try Fixture(script + [Fixture.success("AssumeRoleWithWebIdentity")])
        _ = try await fixture.webIdentity().get()
        #expect(fixture.transport.requests.count == failures + 1)
        #expect(Set(fixture.transport.bodies).count == 1)
    }

    @Test("rejects credentials that have already expired")
    func expiredAnswer() async throws {
        let fixture = try Fixture([Fixture.success("AssumeRoleWithWebIdentity", expiration: "2026-01-02T03:04:05Z")])
        let failure = await fixture.webIdentity().failure
        #expect(failure?.kind == .unavailable)
        #expect(failure?.detail.contains("Expiration is in the past") == true)
    }

    @Test("without the broker's AWS credentials, sends nothing and reports what is missing")
    func noBrokerCredentials() async throws {
        let fixture = try Fixture([Fixture.success("AssumeRole")])
        let chain = try ChainFixture(["AWS_EC2_METADATA_DISABLED": "true"]).chain
        let failure = await fixture.assumeRole(
            signedBy: CachedBrokerCredentials(patience: .seconds(8), load: chain.load)
        ).failure
        #expect(failure?.kind == .unavailable)
        #expect(failure?.detail.contains("the broker's AWS credentials: none are configured") == true)
        #expect(fixture.transport.requests.isEmpty)
    }

    @Test("a cancelled task sends nothing")
    func cancellation() async throws {
        let fixture = try Fixture([Fixture.error(500, "InternalFailure")])
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return await fixture.webIdentity()
        }
        task.cancel()
        #expect(await task.value.failure?.kind == .unavailable)
        #expect(fixture.transport.requests.isEmpty)
    }
}
