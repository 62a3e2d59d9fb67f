// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TestSupport
import Testing
import Vending

@testable import AWS

/// Floods of one share, and what the calls of others get meanwhile.
@Suite struct RateLimiterShareTests {
    private let clock = TestSupport.ManualClock()
    private let served = Served()

    private func limiter(waiters: Int = 2_000) -> RateLimiter {
        RateLimiter(limits: .init(ceiling: 10, waiters: waiters), clock: MonotonicTime(clock))
    }

    /// Queues `count` calls, one after the other.
    private func flood(
        _ count: Int, of share: CallShare, at limiter: RateLimiter, within patience: Duration = .seconds(60)
    ) async -> [Task<AttemptError.Kind?, Never>] {
        var tasks: [Task<AttemptError.Kind?, Never>] = []
        for _ in 0..<count {
            let (waiting, sent) = (limiter.status.waiting, served.all.count)
            tasks.append(Task { await turn(of: share, at: limiter, within: patience) })
            while limiter.status.waiting == waiting, served.all.count == sent { await Task.yield() }
        }
        return tasks
    }

    private func turn(
        of share: CallShare, at limiter: RateLimiter, within patience: Duration
    ) async -> AttemptError.Kind? {
        await Result.of { () async throws(AttemptError) in
            try await limiter.turn(of: share, within: patience)
            served.add(share)
        }.kind
    }

    /// Lets the limiter serve so many calls.
    private func serve(_ count: Int) async {
        for _ in 0..<count {
            let before = served.all.count
            clock.advance(await clock.nextSleep())
            while served.all.count == before { await Task.yield() }
        }
    }

    /// Cancels the calls, and lets the limiter find that none is left.
    private func end(_ tasks: [Task<AttemptError.Kind?, Never>], at limiter: RateLimiter) async {
        for task in tasks { task.cancel() }
        for task in tasks { _ = await task.value }
        #expect(limiter.status.waiting == 0)
        clock.advance(.seconds(1))
    }

    @Test(
        "a flood of one share delays the calls of another by one turn each, and those of guests by four",
        arguments: [
            (CallShare.guest(1), CallShare.guest(2), 2), (.guest(1), .user(1), 1), (.user(1), .user(2), 2),
            (.user(1, of: "storm"), .user(1), 2), (.guest(1, of: "storm"), .guest(1), 2), (.user(1), .guest(1), 5),
        ])
    func floods(flood: CallShare, other: CallShare, turns: Int) async {
        let limiter = limiter()
        var tasks = await self.flood(30, of: flood, at: limiter)
        await serve(3)
        let before = served.all.count
        tasks += await self.flood(2, of: other, at: limiter)
        await serve(2 * turns)
        let order = served.all.dropFirst(before)
        #expect(order.prefix(turns).contains(other), "\(order)")
        #expect(order.count { $0 == other } == 2, "\(order)")
        await end(tasks, at: limiter)
    }

    @Test("a signed-in user gets 80 % of the calls while guests flood the limiter")
    func reserve() async {
        let limiter = limiter()
        var tasks = await flood(40, of: .guest(1), at: limiter)
        let before = served.all.count
        tasks += await flood(40, of: .user(1), at: limiter)
        await serve(40)
        let order = served.all.dropFirst(before)
        #expect(order.count { $0 == .user(1) } >= 32, "\(order)")
        await end(tasks, at: limiter)
    }

    @Test("a call of another share is admitted where one of the flood would have to wait too long")
    func patience() async {
        let limiter = limiter()
        let tasks = await flood(11, of: .guest(1), at: limiter, within: .seconds(1))
        #expect(await turn(of: .guest(1), at: limiter, within: .seconds(1)) == .rateLimited)
        #expect(limiter.status.waiting == 10)
        var others = await flood(1, of: .guest(2), at: limiter, within: .seconds(1))
        others += await flood(1, of: .user(1), at: limiter, within: .seconds(1))
        #expect(limiter.status.waiting == 12)
        await serve(3)
        for task in others { #expect(await task.value == nil) }
        await end(tasks, at: limiter)
    }

    @Test("the rejected calls of a guest flood do not delay the retry of a signed-in user")
    func retries() async {
        let limiter = limiter()
        let tasks = await flood(11, of: .guest(1), at: limiter, within: .seconds(1))
        for _ in 0..<400 { _ = await turn(of: .guest(1), at: limiter, within: .seconds(1)) }
        func rejected(_ share: CallShare) async -> Duration? {
            do throws(AttemptError) {
                try await limiter.turn(of: share, within: .zero)
                return nil
            } catch {
                return error.retryAfter
            }
        }
        #expect(await rejected(.guest(1)) == .seconds(30))
        #expect(await rejected(.user(1)).map { $0 < .seconds(1) } == true)
        await end(tasks, at: limiter)
    }

    @Test("a full queue rejects the newest calls of a guest flood for a signed-in user and for another guest")
    func full() async {
        let limiter = limiter(waiters: 10)
        let flood = await flood(11, of: .guest(1), at: limiter)
        #expect(limiter.status.waiting == 10)
        let others = [CallShare.user(1), .guest(2)].map { share in
            Task { await turn(of: share, at: limiter, within: .seconds(60)) }
        }
        for task in flood.suffix(2) { #expect(await task.value == .rateLimited) }
        #expect(limiter.status.waiting == 10)
        await serve(3)
        for task in others { #expect(await task.value == nil) }
        await end(flood, at: limiter)
    }
}

/// The shares of the calls that were admitted, in order.
private final class Served: Sendable {
    private let shares = Mutex<[CallShare]>([])

    var all: [CallShare] { shares.withLock { $0 } }

    func add(_ share: CallShare) { shares.withLock { $0.append(share) } }
}
