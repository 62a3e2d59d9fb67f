// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TestSupport
import Testing
import Vending

@testable import AWS

@Suite struct RateLimiterOrderTests {
    private let patience = Duration.seconds(8)

    @Test("a request that comes when a call may go out again does not overtake one that waits already")
    func overtaking() async {
        let (time, granted) = (SteppedTime(steps: 2), Granted())
        let limiter = RateLimiter(limits: .init(ceiling: 10), clock: time.time)
        await granted.record("sent", limiter, patience)
        let first = Task { await granted.record("first", limiter, patience) }
        await time.sleeping(step: 0)
        // A token has come, and the limiter has not woken up yet to give it to the first.
        time.advance(.milliseconds(100))
        let late = Task { await granted.record("late", limiter, patience) }
        while limiter.status.waiting < 2, !granted.names.contains("late") { await Task.yield() }
        #expect(granted.names == ["sent"])
        time.wake(step: 0)
        while granted.names.count < 2 { await Task.yield() }
        #expect(granted.names == ["sent", "first"])
        await time.sleeping(step: 1)
        time.advance(.milliseconds(100))
        time.wake(step: 1)
        await first.value
        await late.value
        #expect(granted.names == ["sent", "first", "late"])
    }

    @Test("the requests of one share go out in the order in which they came")
    func inOrder() async {
        let (clock, granted) = (TestSupport.ManualClock(), Granted())
        let limiter = RateLimiter(limits: .init(ceiling: 10), clock: MonotonicTime(clock))
        await granted.record("sent", limiter, patience)
        let names = (0..<5).map { "\($0)" }
        var tasks: [Task<Void, Never>] = []
        for (number, name) in names.enumerated() {
            tasks.append(Task { await granted.record(name, limiter, patience) })
            while limiter.status.waiting <= number { await Task.yield() }
        }
        for number in names.indices {
            clock.advance(await clock.nextSleep())
            while granted.names.count < number + 2 { await Task.yield() }
        }
        #expect(granted.names == ["sent"] + names)
        for task in tasks { await task.value }
    }

    @Test("a request that is cancelled before it takes its call leaves that call to the next one")
    func cancelledBefore() async {
        let (clock, gate) = (TestSupport.ManualClock(), Gate())
        let limiter = RateLimiter(limits: .init(ceiling: 10), clock: MonotonicTime(clock))
        func turn() async -> AttemptError.Kind? {
            await Result.of { () async throws(AttemptError) in try await limiter.turn(of: .user(), within: .zero) }.kind
        }
        let cancelled = Task {
            await gate.pass()
            return await turn()
        }
        await gate.arrivals(1)
        cancelled.cancel()
        gate.open()
        #expect(await cancelled.value == .cancelled)
        #expect(await turn() == nil)
        #expect(await turn() == .rateLimited)
    }
}

/// Time in which a sleep ends when the test says so, and not when its time has come.
private final class SteppedTime: Sendable {
    private let passed = Mutex(Duration.zero)
    private let sleeps = Atomic(0)
    private let steps: [Gate]

    init(steps: Int) { self.steps = (0..<steps).map { _ in Gate() } }

    var time: MonotonicTime {
        MonotonicTime(
            now: { self.passed.withLock { $0 } },
            sleep: { _ in await self.steps[self.sleeps.add(1, ordering: .relaxed).oldValue].pass() })
    }

    func advance(_ duration: Duration) { passed.withLock { $0 += duration } }

    /// Waits until something sleeps for the time of that number.
    func sleeping(step: Int) async { await steps[step].arrivals(1) }

    func wake(step: Int) { steps[step].open() }
}

/// The names of the requests that may be sent, in order.
private final class Granted: Sendable {
    private let granted = Mutex<[String]>([])

    var names: [String] { granted.withLock { $0 } }

    func record(_ name: String, _ limiter: RateLimiter, _ patience: Duration) async {
        do throws(AttemptError) {
            try await limiter.turn(of: .user(), within: patience)
            granted.withLock { $0.append(name) }
        } catch {
            granted.withLock { $0.append("\(name): \(error.kind)") }
        }
    }
}
