// SPDX-License-Identifier: Apache-2.0

import Outbound
import Synchronization
import Testing
import Vending

@testable import AWS

/// The standard retry mode: attempts, backoff, quota, deadline.
@Suite struct RetryPolicyTests {
    private let failing = Fixture.error(500, "InternalFailure")

    @Test("backs off with full jitter up to 1 and then 2 seconds", arguments: [0.0, 0.25, 0.999])
    func jitter(random: Double) async throws {
        let fixture = try Fixture([failing], random: random)
        _ = await fixture.webIdentity()
        #expect(fixture.clock.sleeps == [.seconds(random * 1), .seconds(random * 2)])
    }

    @Test("the backoff limit doubles up to 20 seconds")
    func backoffBound() async throws {
        let limits = RetryPolicy.Limits(attempts: 8, deadline: .seconds(1_000))
        let fixture = try Fixture([failing], limits: limits, random: 1)
        _ = await fixture.webIdentity()
        #expect(fixture.clock.sleeps == [1, 2, 4, 8, 16, 20, 20].map { .seconds($0) })
    }

    @Test("an attempt times out after 5 seconds, or at the deadline of 8 seconds")
    func timeouts() async throws {
        let fixture = try Fixture([.silence], random: 0.5)
        #expect(await fixture.webIdentity().failure?.kind == .timedOut)
        #expect(fixture.transport.timeouts == [.seconds(5), .seconds(2.5)])
        #expect(fixture.clock.elapsed == .seconds(8))
    }

    @Test("the wait for credentials counts towards the deadline of all attempts")
    func slowCredentials() async throws {
        let fixture = try Fixture([.silence], random: 0.5)
        let outcome = await fixture.assumeRole(signedBy: SlowCredentials(clock: fixture.clock, wait: .seconds(4)))
        #expect(outcome.failure?.kind == .timedOut)
        #expect(fixture.transport.timeouts == [.seconds(4)])
        #expect(fixture.clock.elapsed <= .seconds(8.5))
    }

    private struct SlowCredentials: BrokerCredentialProvider {
        let clock: ManualClock
        let wait: Duration

        func credentials() async throws(ExchangeError) -> SigningCredentials {
            clock.advance(by: wait)
            return try await Fixture.brokerCredentials.credentials()
        }

        func invalidate(_ credentials: SigningCredentials) -> Bool { true }
    }

    @Test("does not start a pause that would end after the deadline")
    func noTimeToPause() async throws {
        let slow = ScriptedTransport.Reply.answer(500, "", after: .milliseconds(4_500))
        let fixture = try Fixture([slow], random: 0.999)
        #expect(await fixture.webIdentity().failure?.kind == .unavailable)
        #expect(fixture.transport.requests.count == 2)
        #expect(fixture.clock.sleeps.count == 1)
        #expect(fixture.quota.available == 495)
    }

    @Test("a lack of connections is not retried, and leaves the retry quota and the circuit breaker as they are")
    func noConnection() async throws {
        let fixture = try Fixture([.fail(.noConnection)])
        for _ in 0..<30 {
            let failure = await fixture.webIdentity().failure
            #expect(failure?.kind == .noConnection && failure?.retryAfter == 1)
        }
        #expect(fixture.transport.requests.count == 30 && fixture.quota.available == 500)
    }

    @Test("makes no attempt with too little time left, so that the error stays the cause")
    func noTimeToAttempt() async throws {
        for (wait, attempts) in [("7750", 2), ("7751", 1)] {
            let throttled = Fixture.error(400, "Throttling", headers: [("x-amz-retry-after", wait)])
            let fixture = try Fixture([throttled])
            #expect(await fixture.webIdentity().failure?.kind == .throttled)
            #expect(fixture.transport.requests.count == attempts)
        }
    }

    @Test("x-amz-retry-after replaces the jitter, in milliseconds")
    func retryAfter() async throws {
        let throttled = Fixture.error(400, "Throttling", headers: [("X-Amz-Retry-After", "1500")])
        let fixture = try Fixture([throttled], random: 0)
        let failure = await fixture.webIdentity().failure
        #expect(fixture.clock.sleeps == [.milliseconds(1_500), .milliseconds(1_500)])
        #expect(failure?.retryAfter == 2)
    }

    @Test("passes a wait beyond the deadline on to the caller, at most 300 seconds")
    func retryAfterTooLong() async throws {
        for (header, seconds) in [("60000", 60), ("9000000000", 300), ("9223372036854775807", 300)] {
            let throttled = Fixture.error(400, "Throttling", headers: [("x-amz-retry-after", header)])
            let fixture = try Fixture([throttled])
            let failure = await fixture.webIdentity().failure
            #expect(fixture.transport.requests.count == 1)
            #expect(failure?.kind == .throttled)
            #expect(failure?.retryAfter == seconds)
        }
    }

    @Test(
        "ignores an x-amz-retry-after that is not a number",
        arguments: ["", "soon", "-1", "1.5", "99999999999999999999"])
    func badRetryAfter(header: String) async throws {
        let throttled = Fixture.error(400, "Throttling", headers: [("x-amz-retry-after", header)])
        let fixture = try Fixture([throttled], random: 0.5)
        let failure = await fixture.webIdentity().failure
        #expect(fixture.clock.sleeps == [.seconds(0.5), .seconds(1)])
        #expect(failure?.retryAfter == 5)
    }

    @Test("a retry takes 5 tokens, or 10 after a time-out, and a success returns 1, up to the capacity")
    func quotaCosts() async throws {
        let success = Fixture.success("AssumeRoleWithWebIdentity")
        let full = try Fixture([success])
        _ = try await full.webIdentity().get()
        #expect(full.quota.available == 500)
        let failed = try Fixture([failing])
        _ = await failed.webIdentity()
        #expect(failed.quota.available == 490)
        let silent = try Fixture([.silence])
        _ = await silent.webIdentity()
        #expect(silent.quota.available == 490)
        let recovered = try Fixture([failing, success])
        _ = try await recovered.webIdentity().get()
        #expect(recovered.quota.available == 496)
        let refused = try Fixture([Fixture.error(403, "AccessDenied")])
        _ = await refused.webIdentity()
        #expect(refused.quota.available == 500)
    }

    @Test("makes one attempt per call while the retry quota is exhausted, until successes refill it")
    func quotaUsedUp() async throws {
        let quota = RetryQuota(capacity: 12)
        let first = try Fixture([failing], quota: quota)
        _ = await first.webIdentity()
        #expect(first.transport.requests.count == 3)
        #expect(quota.available == 2)
        let second = try Fixture([failing], quota: quota)
        #expect(await second.webIdentity().failure?.kind == .unavailable)
        #expect(second.transport.requests.count == 1)
        #expect(quota.available == 2)
        let third = try Fixture([Fixture.success("AssumeRoleWithWebIdentity")], quota: quota)
        for _ in 0..<3 { _ = try await third.webIdentity().get() }
        let fourth = try Fixture([failing], quota: quota)
        _ = await fourth.webIdentity()
        #expect(fourth.transport.requests.count == 2)
    }

    @Test("a hundred concurrent callers never overdraw the retry quota")
    func quotaShared() async {
        let quota = RetryQuota(capacity: 50)
        let taken = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 { group.addTask { quota.take(5) } }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(taken == 10)
        #expect(quota.available == 0)
    }

    @Test("retries each once-only cause once")
    func onceEach() async throws {
        let keys = Fixture.error(400, "InvalidIdentityToken", "Couldn't retrieve verification key from")
        let fixture = try Fixture([keys, failing, keys, failing])
        #expect(await fixture.webIdentity().failure?.kind == .unavailable)
        #expect(fixture.transport.requests.count == 3)
    }
}
