import Synchronization
import TestSupport
import Testing
import Vending

@testable import AWS

@Suite struct BreakerTests {
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

    @discardableResult
    private func attempt(_ kind: AttemptError.Kind? = nil) async -> Result<Int, AttemptError> {
        await .of { () async throws(AttemptError) in
            try await endpoint.run(share: "shop", patience: .seconds(5)) { () async throws(AttemptError) in
                if let kind { throw AttemptError(kind, "told") }
                return 1
            }
        }
    }

    private func open() async {
        for _ in 0..<20 { await attempt(.transient) }
        #expect(breaker.isOpen)
    }

    @Test(
        "twenty failures in a row open it; then calls fail at once and say when the next probe is",
        arguments: [
            AttemptError.Kind.transient, .timedOut,
        ])
    func opens(kind: AttemptError.Kind) async {
        for _ in 0..<19 { #expect(await attempt(kind).kind == kind) }
        #expect(!breaker.isOpen)
        await attempt(kind)
        #expect(breaker.isOpen)
        guard case .failure(let failure) = await attempt() else {
            Issue.record("a call went through")
            return
        }
        #expect(failure.kind == .breakerOpen && failure.retryAfter == .seconds(1))
        #expect(failure.exchangeError.kind == .unavailable && failure.exchangeError.retryAfter == 1)
        #expect(outcomes.counts == [AttemptOutcome(kind): 20, .breakerOpen: 1])
    }

    @Test("a success in between begins the count anew")
    func interrupted() async {
        for _ in 0..<5 {
            for _ in 0..<19 { await attempt(.transient) }
            await attempt()
        }
        #expect(!breaker.isOpen)
    }

    @Test(
        "what AWS answers, and what never reached it, opens nothing",
        arguments: [
            AttemptError.Kind.refused, .tokenExpired, .throttled, .transientOnce, .providerFailed, .signerExpired,
            .clockSkewed, .cancelled, .brokerCredentials,
        ])
    func answers(kind: AttemptError.Kind) async {
        for _ in 0..<100 {
            // A throttle makes the limiter slow down.
            clock.advance(.seconds(1))
            await attempt(kind)
        }
        #expect(!breaker.isOpen)
    }

    @Test("one probe at a time: success closes, failure doubles the pause up to ten seconds")
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

    @Test("while a probe is under way nobody else goes through")
    func single() async throws {
        await open()
        clock.advance(.seconds(1))
        let gate = Gate()
        let probe = Task {
            await Result.of { () async throws(AttemptError) in
                try await endpoint.run(share: "shop", patience: .seconds(5)) { () async throws(AttemptError) in
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

    @Test("calls that began before it opened say nothing after it has closed again")
    func stale() async throws {
        let gate = Gate()
        let late = (0..<20).map { _ in
            Task {
                await Result<Int, AttemptError>.of { () async throws(AttemptError) in
                    try await endpoint.run(share: "shop", patience: .seconds(5)) { () async throws(AttemptError) in
                        await gate.pass()
                        throw AttemptError(.timedOut, "told")
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

    @Test("whoever waits for his turn when it opens is told at once")
    func dismissed() async {
        let (clock, breaker) = (clock, breaker)
        let limiter = RateLimiter(
            limits: .init(ceiling: 1), clock: MonotonicTime(clock))
        let endpoint = EndpointGuard(limiter: limiter, breaker: breaker)
        let gate = Gate()
        let call = { @Sendable (kind: AttemptError.Kind?) in
            await Result<Int, AttemptError>.of { () async throws(AttemptError) in
                try await endpoint.run(share: "shop", patience: .seconds(60)) { () async throws(AttemptError) in
                    await gate.pass()
                    if let kind { throw AttemptError(kind, "told") }
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

    @Test("a probe that says nothing leaves its place to the next")
    func silentProbe() async {
        await open()
        clock.advance(.seconds(1))
        #expect(await attempt(.cancelled).kind == .cancelled)
        #expect(breaker.isOpen)
        #expect(await attempt().kind == nil)
        #expect(!breaker.isOpen)
    }

    @Test("an answer of whatever kind closes it again", arguments: [AttemptError.Kind.refused, .throttled])
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
