import Foundation
import Outbound
import Testing
import Vending

@testable import AWS

/// What each answer of STS, or its absence, becomes, and after how many attempts.
@Suite struct ExchangeOutcomeTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let words: String
        let reply: ScriptedTransport.Reply
        let kind: ExchangeError.Kind
        let attempts: Int
        var signed = false
        var testDescription: String { words }
    }

    static let rows = [
        Row(words: "access denied", reply: Fixture.error(403, "AccessDenied"), kind: .refused, attempts: 1),
        Row(
            words: "malformed policy", reply: Fixture.error(400, "MalformedPolicyDocument"), kind: .refused, attempts: 1
        ),
        Row(words: "packed policy", reply: Fixture.error(400, "PackedPolicyTooLarge"), kind: .refused, attempts: 1),
        Row(words: "rejected claim", reply: Fixture.error(403, "IDPRejectedClaim"), kind: .refused, attempts: 1),
        Row(words: "validation", reply: Fixture.error(400, "ValidationError"), kind: .refused, attempts: 1),
        Row(words: "unknown 4xx code", reply: Fixture.error(418, "Teapot"), kind: .refused, attempts: 1),
        Row(words: "HTML 403", reply: .answer(403, "<html>no</html>"), kind: .refused, attempts: 1),
        Row(
            words: "no provider", reply: Fixture.error(400, "InvalidIdentityToken", "No OpenIDConnect provider found"),
            kind: .refused, attempts: 1),
        Row(
            words: "keys not fetched",
            reply: Fixture.error(400, "InvalidIdentityToken", "Couldn't retrieve verification key from your identity"),
            kind: .unavailable, attempts: 2),
        Row(
            words: "token expired", reply: Fixture.error(400, "ExpiredTokenException"), kind: .tokenExpired, attempts: 1
        ),
        Row(words: "throttled with a 400", reply: Fixture.error(400, "Throttling"), kind: .throttled, attempts: 3),
        Row(words: "429", reply: .answer(429, ""), kind: .throttled, attempts: 3),
        Row(
            words: "provider not reachable", reply: Fixture.error(400, "IDPCommunicationError"), kind: .unavailable,
            attempts: 3),
        Row(words: "500", reply: Fixture.error(500, "InternalFailure"), kind: .unavailable, attempts: 3),
        Row(words: "HTML 502", reply: .answer(502, "<html>Bad Gateway</html>"), kind: .unavailable, attempts: 3),
        Row(words: "garbage with a 200", reply: .answer(200, "garbage"), kind: .unavailable, attempts: 3),
        Row(words: "HTML with a 200", reply: .answer(200, "<html></html>"), kind: .unavailable, attempts: 3),
        Row(words: "empty 200", reply: .answer(200, ""), kind: .unavailable, attempts: 3),
        Row(words: "redirect", reply: .answer(302, ""), kind: .unavailable, attempts: 3),
        Row(words: "not listening", reply: .fail(.connection("connection refused")), kind: .unavailable, attempts: 3),
        Row(words: "too long", reply: .fail(.tooLarge(limit: 65_536)), kind: .unavailable, attempts: 3),
        Row(words: "silence", reply: .silence, kind: .timedOut, attempts: 2),
        Row(words: "cancelled", reply: .fail(.cancelled), kind: .unavailable, attempts: 1),
        Row(
            words: "own keys unknown", reply: Fixture.error(403, "InvalidClientTokenId"), kind: .refused, attempts: 1,
            signed: true),
        Row(
            words: "own session expired", reply: Fixture.error(403, "ExpiredToken"), kind: .refused, attempts: 1,
            signed: true),
        Row(
            words: "own secret wrong", reply: Fixture.error(403, "SignatureDoesNotMatch"), kind: .refused, attempts: 1,
            signed: true),
    ]

    @Test("each answer has its outcome after its number of attempts", arguments: rows)
    func outcome(row: Row) async throws {
        let fixture = try Fixture([row.reply])
        let result = row.signed ? await fixture.assumeRole() : await fixture.webIdentity()
        let failure = try #require(result.failure)
        #expect(failure.kind == row.kind)
        #expect(fixture.transport.requests.count == row.attempts)
        let waits = failure.kind == .throttled || (failure.kind == .unavailable && row.words != "cancelled")
        #expect((failure.retryAfter != nil) == waits)
        #expect(fixture.clock.elapsed <= .seconds(8))
    }

    @Test("no failure's text holds the token, the subject, a key or AWS's own message", arguments: rows)
    func secrecy(row: Row) async throws {
        let fixture = try Fixture([row.reply])
        let result = row.signed ? await fixture.assumeRole(Fixture.user) : await fixture.webIdentity()
        let text = String(reflecting: try #require(result.failure))
        for secret in [
            Fixture.token, Fixture.subject, "alice", Fixture.secret, "own/session==", "eyJ", "arn:aws:sts",
            "handed/out",
        ] {
            #expect(!text.contains(secret), "\(secret)")
        }
        #expect(text.contains("AssumeRole"))
    }

    @Test("the detail names the call, AWS's code, the status and the request")
    func detail() async throws {
        let fixture = try Fixture([Fixture.error(403, "AccessDenied")])
        #expect(
            await fixture.webIdentity().failure?.detail
                == "AssumeRoleWithWebIdentity: AccessDenied (HTTP 403, request f9dc6495-9462): check the role's trust policy"
        )
    }

    @Test("a success after failures is a success", arguments: [1, 2])
    func recovery(failures: Int) async throws {
        let script = Array(repeating: Fixture.error(500, "InternalFailure"), count: failures)
        let fixture = try Fixture(script + [Fixture.success("AssumeRoleWithWebIdentity")])
        _ = try await fixture.webIdentity().get()
        #expect(fixture.transport.requests.count == failures + 1)
        #expect(Set(fixture.transport.bodies).count == 1)
    }

    @Test("credentials that are already expired are not handed on")
    func expiredAnswer() async throws {
        let fixture = try Fixture([Fixture.success("AssumeRoleWithWebIdentity", expiration: "2026-01-02T03:04:05Z")])
        let failure = await fixture.webIdentity().failure
        #expect(failure?.kind == .unavailable)
        #expect(failure?.detail.contains("Expiration is in the past") == true)
    }

    @Test("without own credentials nothing is sent, and the detail says what is missing")
    func noOwnCredentials() async throws {
        let fixture = try Fixture([Fixture.success("AssumeRole")])
        let chain = try ChainFixture(["AWS_EC2_METADATA_DISABLED": "true"]).chain
        let failure = await fixture.assumeRole(
            own: CachedBrokerCredentials(patience: .seconds(8), load: chain.load)
        ).failure
        #expect(failure?.kind == .unavailable)
        #expect(failure?.detail.contains("own AWS credentials: none are configured") == true)
        #expect(fixture.transport.requests.isEmpty)
    }

    @Test("a task that is cancelled sends nothing")
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
