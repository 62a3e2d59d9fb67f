// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TestSupport
import Testing
import Vending

@testable import AWS

@Suite struct RateLimiterTests {
    private let pump = Pump()

    private func limiter(_ ceiling: Double, waiters: Int = 100_000) -> RateLimiter {
        RateLimiter(limits: .init(ceiling: ceiling, waiters: waiters), clock: pump.time)
    }

    private func turn(
        _ limiter: RateLimiter, _ share: CallShare = .user(), within patience: Duration = .seconds(8)
    ) async -> Result<Duration, AttemptError> {
        await .of { () async throws(AttemptError) in
            try await limiter.turn(of: share, within: patience)
            return pump.clock.now
        }
    }

    /// Yields, without advancing the clock, until `count` calls are queued.
    private func queued(_ count: Int, at limiter: RateLimiter) async {
        while limiter.status.waiting < count { await Task.yield() }
    }

    @Test("admits a burst at the ceiling, and rejects calls that would wait too long at once with a retry delay")
    func storm() async {
        let limiter = limiter(500)
        let outcomes = await withTaskGroup(of: Result<Duration, AttemptError>.self) { group in
            for _ in 0..<10_000 { group.addTask { await turn(limiter) } }
            // All calls arrive before the clock starts.
            let rejected = 10_000 - 50 - 4_000
            var outcomes: [Result<Duration, AttemptError>] = []
            while outcomes.count < rejected, let outcome = await group.next() { outcomes.append(outcome) }
            await pump.run {
                while let outcome = await group.next() { outcomes.append(outcome) }
            }
            return outcomes
        }
        var seconds: [Int: Int] = [:]
        for case .success(let time) in outcomes { seconds[Int(time / .seconds(1)), default: 0] += 1 }
        let served = seconds.values.reduce(0, +)
        #expect((4_000...4_101).contains(served), "\(served)")
        #expect(seconds.values.allSatisfy { $0 <= 551 }, "\(seconds)")
        let failures = outcomes.compactMap { if case .failure(let failure) = $0 { failure } else { nil } }
        #expect(served + failures.count == 10_000)
        #expect(failures.allSatisfy { $0.kind == .rateLimited && $0.retryAfter.map { $0 > .seconds(8) } == true })
        #expect(limiter.status.waiting == 0)
    }

    @Test("admits a rejected call that is retried after the returned delay")
    func retryDelay() async throws {
        let limiter = limiter(100)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<110 { group.addTask { _ = await turn(limiter, within: .seconds(1)) } }
            await queued(100, at: limiter)
            guard case .failure(let failure) = await turn(limiter, within: .seconds(1)), let wait = failure.retryAfter
            else {
                Issue.record("the call was not rejected")
                return
            }
            #expect(wait > .seconds(1) && wait < .milliseconds(1_060))
            let retried = await pump.run {
                try? await pump.clock.sleep(wait)
                return await turn(limiter, within: .seconds(1))
            }
            #expect(retried.kind == nil)
        }
    }

    @Test("alternates between apps, so that the burst of one app does not delay another")
    func fair() async {
        let limiter = limiter(100)
        let order = Order()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<710 {
                group.addTask { if await turn(limiter, .user(of: "storm")).kind == nil { order.add("storm") } }
            }
            await queued(700, at: limiter)
            for _ in 0..<5 {
                group.addTask { if await turn(limiter, .user(of: "trickle")).kind == nil { order.add("trickle") } }
            }
            await queued(705, at: limiter)
            await pump.run { await group.waitForAll() }
        }
        let all = order.all
        #expect(all.count == 715)
        let last = all.lastIndex(of: "trickle") ?? .max
        // Ten calls are admitted at once, then the apps alternate. Tasks that are resumed together may report in any
        // order.
        #expect(last < 10 + 10 + 30, "\(last)")
    }

    @Test("rejects calls when the queue is full")
    func bounded() async {
        let limiter = limiter(10, waiters: 3)
        await withTaskGroup(of: AttemptError.Kind?.self) { group in
            for _ in 0..<10 { group.addTask { await turn(limiter).kind } }
            var kinds: [AttemptError.Kind?] = []
            // One is admitted at once, three are queued and six are rejected.
            for _ in 0..<7 { kinds.append(await group.next() ?? nil) }
            #expect(kinds.filter { $0 == .rateLimited }.count == 6)
            #expect(limiter.status.waiting == 3)
            await pump.run { await group.waitForAll() }
        }
    }

    @Test(
        "evicts the newest call of the longest queue for a call of another app, but not of the same app, when full")
    func displaced() async {
        let limiter = limiter(10, waiters: 5)
        await withTaskGroup(of: (String, AttemptError.Kind?).self) { group in
            for _ in 0..<6 { group.addTask { ("storm", await turn(limiter, .user(of: "storm")).kind) } }
            _ = await group.next()
            await queued(5, at: limiter)
            #expect(await turn(limiter, .user(of: "storm")).kind == .rateLimited)
            group.addTask { ("trickle", await turn(limiter, .user(of: "trickle")).kind) }
            let first = await group.next()
            #expect(first?.0 == "storm" && first?.1 == .rateLimited)
            var served: [String] = []
            await pump.run { while let (name, kind) = await group.next() { if kind == nil { served.append(name) } } }
            #expect(served.sorted() == ["storm", "storm", "storm", "storm", "trickle"])
        }
    }

    @Test("spreads the retry delays of calls that are rejected together, up to 30 s")
    func spread() async {
        let limiter = limiter(10)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<11 { group.addTask { _ = await turn(limiter, within: .seconds(1)) } }
            await queued(10, at: limiter)
            var waits: [Duration] = []
            for _ in 0..<400 {
                if case .failure(let failure) = await turn(limiter, within: .seconds(1)), let wait = failure.retryAfter
                {
                    waits.append(wait)
                }
            }
            #expect(waits.count == 400 && waits[0] > .seconds(1))
            for (one, next) in zip(waits.prefix(280), waits.dropFirst()) { #expect(next - one >= .milliseconds(99)) }
            #expect(waits.last == .seconds(30))
            await pump.run { await group.waitForAll() }
        }
    }

    @Test("removes a cancelled call from the queue and moves up the calls behind it")
    func cancelled() async {
        let limiter = limiter(10)
        _ = await turn(limiter)
        let waiting = (0..<20).map { _ in Task { await turn(limiter) } }
        await queued(20, at: limiter)
        for task in waiting.prefix(15) { task.cancel() }
        for task in waiting.prefix(15) { #expect(await task.value.kind == .cancelled) }
        #expect(limiter.status.waiting == 5)
        let times = await pump.run {
            var times: [Duration] = []
            for task in waiting.suffix(5) { if case .success(let time) = await task.value { times.append(time) } }
            return times
        }
        #expect(times.count == 5 && times.allSatisfy { $0 <= .milliseconds(510) }, "\(times)")
    }

    @Test("adapts to a quota below the ceiling: stays mostly below it and uses most of it")
    func adapts() async {
        let limiter = limiter(500)
        let quota = Quota(perSecond: 100, clock: pump.clock)
        await pump.run {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<200 {
                    group.addTask {
                        while pump.clock.now < .seconds(60) {
                            guard await turn(limiter, within: .seconds(5)).kind == nil else { continue }
                            if !quota.take() { limiter.throttled() }
                        }
                    }
                }
            }
        }
        let (taken, refused) = quota.counts(from: 20, to: 60)
        #expect(taken > 40 * 65, "\(taken) of 4000")
        #expect(Double(refused) < 0.1 * Double(taken), "\(refused) beside \(taken)")
    }
}

private final class Order: Sendable {
    private let names = Mutex<[String]>([])

    var all: [String] { names.withLock { $0 } }

    func add(_ name: String) { names.withLock { $0.append(name) } }
}

/// A fake quota of AWS. Counts the admitted and the rejected calls of each second.
private final class Quota: Sendable {
    private struct State {
        var tokens: Double
        var filled = Duration.zero
        var taken: [Int: Int] = [:]
        var refused: [Int: Int] = [:]
    }

    private let rate: Double
    private let clock: TestSupport.ManualClock
    private let state: Mutex<State>

    init(perSecond rate: Double, clock: TestSupport.ManualClock) {
        self.rate = rate
        self.clock = clock
        state = Mutex(State(tokens: rate))
    }

    func take() -> Bool {
        let now = clock.now
        return state.withLock { state in
            state.tokens = min(rate, state.tokens + rate * ((now - state.filled) / .seconds(1)))
            state.filled = now
            let second = Int(now / .seconds(1))
            guard state.tokens >= 1 else {
                state.refused[second, default: 0] += 1
                return false
            }
            state.tokens -= 1
            state.taken[second, default: 0] += 1
            return true
        }
    }

    func counts(from first: Int, to last: Int) -> (taken: Int, refused: Int) {
        state.withLock { state in
            let seconds = first..<last
            return (
                seconds.reduce(0) { $0 + (state.taken[$1] ?? 0) }, seconds.reduce(0) { $0 + (state.refused[$1] ?? 0) }
            )
        }
    }
}
