private import Synchronization
package import Vending

/// Keeps calls of one AWS endpoint under its quota: who comes too early waits for his turn, and who would wait too long
/// is turned away with the time after which he would not.
package final class RateLimiter: Sendable {
    package struct Limits: Sendable {
        /// Calls a second at most.
        package var ceiling: Double
        /// Calls that may wait at once.
        package var waiters: Int

        package init(ceiling: Double, waiters: Int = 2_000) {
            self.ceiling = ceiling
            self.waiters = waiters
        }
    }

    private struct Waiter {
        let end: Duration
        let continuation: CheckedContinuation<Turn, Never>
    }

    /// What comes of waiting.
    private enum Turn {
        case granted
        case cancelled
        /// With the time after which another try makes sense.
        case turnedAway(Duration)
        /// With the time for which the endpoint is left alone.
        case dismissed(Duration)
    }

    private struct State {
        var rate: AdaptiveRate
        /// Calls that may go out at once; time makes more.
        var tokens: Double
        var refilled: Duration
        var queue = FairQueue()
        var waiters: [UInt64: Waiter] = [:]
        var number: UInt64 = 0
        var isDraining = false
        /// Until when the calls are spoken for that those who were turned away were told to come for.
        var promised = Duration.zero

        /// What gathers unused: a tenth of a second's calls.
        private var capacity: Double { max(1, rate.current(at: refilled) / 10) }

        mutating func refill(at now: Duration) {
            let elapsed = max(now - refilled, .zero) / .seconds(1)
            refilled = max(now, refilled)
            tokens = min(capacity, tokens + elapsed * rate.current(at: refilled))
        }

        mutating func take(at now: Duration) -> Bool {
            guard tokens >= 1 else { return false }
            tokens -= 1
            rate.called(at: now)
            return true
        }

        mutating func dropLast(unlessOf share: String) -> Waiter? {
            while let last = queue.dropLast(unlessOf: share) {
                if let waiter = waiters.removeValue(forKey: last) { return waiter }
            }
            return nil
        }

        func wait(behind count: Int) -> Duration {
            .seconds((Double(count) + 1 - tokens) / rate.current(at: refilled))
        }

        /// When to come again: each a place after the one before, so that they do not all come at once.
        mutating func promise(after wait: Duration, at now: Duration) -> Duration {
            promised = max(promised, now + wait) + .seconds(1 / rate.current(at: refilled))
            promised = min(promised, now + RateLimiter.longestPromise)
            return promised - now
        }
    }

    /// Nobody is told to come later than that.
    private static let longestPromise = Duration.seconds(30)

    private let limits: Limits
    private let clock: MonotonicTime
    private let state: Mutex<State>

    package init(limits: Limits, clock: MonotonicTime = .system) {
        self.limits = limits
        self.clock = clock
        let rate = AdaptiveRate(ceiling: limits.ceiling)
        state = Mutex(State(rate: rate, tokens: max(1, limits.ceiling / 10), refilled: clock.now()))
    }

    /// Calls a second that go out at the moment, and calls that wait.
    package var status: (rate: Double, waiting: Int) {
        let now = clock.now()
        return state.withLock { ($0.rate.current(at: now), $0.waiters.count) }
    }

    /// Returns when the call may go out.
    /// - Parameters:
    ///   - share: whose turn it is; shares take turns.
    ///   - patience: who would wait longer is turned away at once.
    func turn(of share: String, within patience: Duration) async throws(AttemptError) {
        let number = state.withLock { state in
            state.number += 1
            return state.number
        }
        let turn = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if let now = enter(number, share, patience, continuation) { continuation.resume(returning: now) }
            }
        } onCancel: {
            cancel(number)
        }
        switch turn {
        case .granted: return
        case .cancelled: throw AttemptError(.cancelled, "cancelled while waiting for a turn")
        case .turnedAway(let wait):
            throw AttemptError(.turnedAway, "more calls wait than AWS's quota lets through in time", retryAfter: wait)
        case .dismissed(let wait): throw .breakerOpen(for: wait)
        }
    }

    /// Sends everybody who waits away: the endpoint is left alone for that long.
    func dismiss(for wait: Duration) {
        let waiters = state.withLock { state in
            defer {
                state.waiters = [:]
                state.queue = FairQueue()
            }
            return state.waiters.values.map(\.continuation)
        }
        for continuation in waiters { continuation.resume(returning: .dismissed(wait)) }
    }

    func throttled() {
        let now = clock.now()
        state.withLock { state in
            state.refill(at: now)
            state.rate.throttled(at: now)
            state.tokens = min(state.tokens, 1)
        }
    }

    /// - Returns: what comes of it where that is known at once.
    private func enter(
        _ number: UInt64, _ share: String, _ patience: Duration, _ continuation: CheckedContinuation<Turn, Never>
    ) -> Turn? {
        let now = clock.now()
        var displaced: (CheckedContinuation<Turn, Never>, Duration)?
        let (turn, begins) = state.withLock { state -> (Turn?, Bool) in
            guard !Task.isCancelled else { return (.cancelled, false) }
            state.refill(at: now)
            if state.waiters.isEmpty, state.take(at: now) { return (.granted, false) }
            let wait = state.wait(behind: state.queue.position(in: share))
            guard wait <= patience else { return (.turnedAway(state.promise(after: wait, at: now)), false) }
            if state.waiters.count >= limits.waiters {
                // The newest of the longest line makes room, unless that line is this one.
                guard let last = state.dropLast(unlessOf: share) else {
                    return (.turnedAway(state.promise(after: wait, at: now)), false)
                }
                displaced = (last.continuation, state.promise(after: wait, at: now))
            }
            state.queue.join(number, share: share)
            state.waiters[number] = Waiter(end: now + patience, continuation: continuation)
            defer { state.isDraining = true }
            return (nil, !state.isDraining)
        }
        if let (continuation, wait) = displaced { continuation.resume(returning: .turnedAway(wait)) }
        if begins { Task { await drain() } }
        return turn
    }

    private func cancel(_ number: UInt64) {
        let waiter = state.withLock { state in
            defer {
                // Nobody waits any more: nobody's place is kept.
                if state.waiters.isEmpty { state.queue = FairQueue() }
            }
            return state.waiters.removeValue(forKey: number)
        }
        waiter?.continuation.resume(returning: .cancelled)
    }

    /// Lets waiters go as time makes room for them, until nobody waits.
    private func drain() async {
        while let pause = release() {
            do {
                try await clock.sleep(pause)
            } catch {
                // Nobody holds this task, so nobody cancels it.
                return
            }
        }
    }

    /// - Returns: how long until the next one may go; `nil` where nobody waits.
    private func release() -> Duration? {
        let now = clock.now()
        var turns: [(CheckedContinuation<Turn, Never>, Turn)] = []
        let pause = state.withLock { state -> Duration? in
            state.refill(at: now)
            while state.tokens >= 1, let next = state.queue.next() {
                guard let waiter = state.waiters.removeValue(forKey: next) else { continue }
                if waiter.end < now {
                    let wait = state.wait(behind: state.waiters.count)
                    turns.append((waiter.continuation, .turnedAway(state.promise(after: wait, at: now))))
                } else if state.take(at: now) {
                    turns.append((waiter.continuation, .granted))
                }
            }
            guard !state.waiters.isEmpty else {
                state.isDraining = false
                return nil
            }
            return max(state.wait(behind: 0), .milliseconds(1))
        }
        for (continuation, turn) in turns { continuation.resume(returning: turn) }
        return pause
    }
}
