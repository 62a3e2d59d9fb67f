// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TestSupport
import Testing
import Vending

@testable import AWS

@Suite struct CircuitBreakerTests {
    private let clock = TestSupport.ManualClock()
    private let breaker: CircuitBreaker
    private let endpoint: EndpointGuard
    private let outcomes = Outcomes()

    init() {
        let (clock, outcomes) = (clock, outcomes)
        let time = MonotonicTime(clock)
        breaker = CircuitBreaker(limits: .init(), clock: time, random: { 1 })
        endpoint = EndpointGuard(
            limiter: RateLimiter(limits: .init(ceiling: 10_000), clock: time), breaker: breaker,
            attempted: { outcomes.add($0) })
    }

    @Test("measures the attempts that are sent, and no others")
    func sentAttempts() async {
        let sent = Outcomes()
        let (clock, breaker) = (clock, breaker)
        let endpoint = EndpointGuard(
            limiter: RateLimiter(limits: .init(ceiling: 10_000), clock: MonotonicTime(clock)), breaker: breaker,
            sent: { outcome, duration in
                if duration >= .zero { sent.add(outcome) }
            })
        func run(_ kind: AttemptError.Kind?, refusing: Bool = false) async {
            _ = await Result<Int, AttemptError>.of { () async throws(AttemptError) in
                try await endpoint.run(
                    share: .user(), patience: .seconds(5),
                    checking: { () async throws(AttemptError) in
                        if refusing { throw AttemptError(.batchRefused, "test") }
                    }
                ) { () async throws(AttemptError) in
                    if let kind { throw AttemptError(kind, "test") }
                    return 1
                }
            }
        }
        await run(nil)
        await run(.throttled)
        await run(nil, refusing: true)
        #expect(sent.counts == [.succeeded: 1, .throttled: 1])
    }

    @discardableResult
    private func attempt(_ kind: AttemptError.Kind? = nil) async -> Result<Int, AttemptError> {
        await .of { () async throws(AttemptError) in
            try await endpoint.run(share: .user(), patience: .seconds(5)) { () async throws(AttemptError) in
                if let kind { throw AttemptError(kind, "test") }
                return 1
            }
        }
    }

    private func open() async {
        for _ in 0..<20 { await attempt(.transient) }
        #expect(breaker.isOpen)
    }

    @Test(
        "the circuit breaker opens after twenty consecutive failures and reports when the next probe is due",
        arguments: [
            AttemptError.Kind.transient, .timedOut,
        ])
    func opens(kind: AttemptError.Kind) async {
        for _ in 0..<19 { #expect(await attempt(kind).kind == kind) }
        #expect(!breaker.isOpen)
        await attempt(kind)
        #expect(breaker.isOpen)
        guard case .failure(let failure) = await attempt() else {
            Issue.record("a call was admitted")
            return
        }
        #expect(failure.kind == .breakerOpen && failure.retryAfter == .seconds(1))
        #expect(failure.exchangeError.kind == .unavailable && failure.exchangeError.retryAfter == 1)
        #expect(outcomes.counts == [AttemptOutcome(kind): 20, .breakerOpen: 1])
    }

    @Test("a success resets the circuit breaker's count of failures")
    func interrupted() async {
        for _ in 0..<5 {
            for _ in 0..<19 { await attempt(.transient) }
            await attempt()
        }
        #expect(!breaker.isOpen)
    }

    @Test(
        "the circuit breaker stays closed after errors that AWS returns and errors that occur before the call",
        arguments: [
            AttemptError.Kind.refused, .tokenExpired, .throttled, .transientOnce, .providerFailed, .signerExpired,
            .clockSkewed, .cancelled, .brokerCredentials, .noConnection, .batchRefused,
        ])
    func answers(kind: AttemptError.Kind) async {
        for _ in 0..<100 {
            // A throttle reduces the rate limit.
            clock.advance(.seconds(1))
            await attempt(kind)
        }
        #expect(!breaker.isOpen)
    }

    @Test(
        "the circuit breaker admits one probe at a time and doubles its backoff up to ten seconds if the probe fails"
    )
    func probes() async {
        await open()
        for pause in [1, 2, 4, 8, 10, 10] {
            clock.advance(.seconds(pause) - .milliseconds(1))
            #expect(await attempt().kind == .breakerOpen)
            clock.advance(.milliseconds(1))
            #expect(await attempt(.timedOut).kind == .timedOut)
        }
        clock.advance(.seconds(10))
        #expect(await attempt().kind == nil)
        #expect(!breaker.isOpen)
        #expect(await attempt().kind == nil)
    }

    @Test("rejects all other calls while a probe is in flight")
    func single() async throws {
        await open()
        clock.advance(.seconds(1))
        let gate = Gate()
        let probe = Task {
            await Result.of { () async throws(AttemptError) in
                try await endpoint.run(share: .user(), patience: .seconds(5)) { () async throws(AttemptError) in
                    await gate.pass()
                    return 1
                }
            }
        }
        await gate.arrivals(1)
        for _ in 0..<5 { #expect(await attempt().kind == .breakerOpen) }
        gate.open()
        #expect(await probe.value.kind == nil)
        #expect(await attempt().kind == nil)
    }

    @Test("the circuit breaker ignores results of calls that began before it opened")
    func stale() async throws {
        let gate = Gate()
        let late = (0..<20).map { _ in
            Task {
                await Result<Int, AttemptError>.of { () async throws(AttemptError) in
                    try await endpoint.run(share: .user(), patience: .seconds(5)) { () async throws(AttemptError) in
                        await gate.pass()
                        throw AttemptError(.timedOut, "test")
                    }
                }
            }
        }
        await gate.arrivals(20)
        await open()
        clock.advance(.seconds(1))
        #expect(await attempt().kind == nil)
        gate.open()
        for task in late { #expect(await task.value.kind == .timedOut) }
        #expect(!breaker.isOpen)
    }

    @Test("an opening circuit breaker rejects queued calls at once")
    func dismissed() async {
        let (clock, breaker) = (clock, breaker)
        let limiter = RateLimiter(
            limits: .init(ceiling: 1), clock: MonotonicTime(clock))
        let endpoint = EndpointGuard(limiter: limiter, breaker: breaker)
        let gate = Gate()
        let call = { @Sendable (kind: AttemptError.Kind?) in
            await Result<Int, AttemptError>.of { () async throws(AttemptError) in
                try await endpoint.run(share: .user(), patience: .seconds(60)) { () async throws(AttemptError) in
                    await gate.pass()
                    if let kind { throw AttemptError(kind, "test") }
                    return 1
                }
            }
        }
        for _ in 0..<19 { await attempt(.transient) }
        let last = Task { await call(.transient) }
        await gate.arrivals(1)
        let waiting = (0..<5).map { _ in Task { await call(nil) } }
        while limiter.status.waiting < 5 { await Task.yield() }
        gate.open()
        #expect(await last.value.kind == .transient)
        for task in waiting { #expect(await task.value.kind == .breakerOpen) }
        #expect(limiter.status.waiting == 0)
    }

    @Test("after a probe without a result, the next call is the probe")
    func silentProbe() async {
        await open()
        clock.advance(.seconds(1))
        #expect(await attempt(.cancelled).kind == .cancelled)
        #expect(breaker.isOpen)
        #expect(await attempt().kind == nil)
        #expect(!breaker.isOpen)
    }

    @Test(
        "an error response to a probe closes the circuit breaker", arguments: [AttemptError.Kind.refused, .throttled])
    func answeredProbe(kind: AttemptError.Kind) async {
        await open()
        clock.advance(.seconds(1))
        #expect(await attempt(kind).kind == kind)
        #expect(!breaker.isOpen)
    }
}

private final class Outcomes: Sendable {
    private let counted = Mutex<[AttemptOutcome: Int]>([:])

    var counts: [AttemptOutcome: Int] { counted.withLock { $0 } }

    func add(_ outcome: AttemptOutcome) { counted.withLock { $0[outcome, default: 0] += 1 } }
}
