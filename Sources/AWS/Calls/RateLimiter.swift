// SPDX-License-Identifier: Apache-2.0

private import Synchronization
package import Vending

/// The rate limit for calls of one AWS endpoint. A call above the rate waits in a queue. A call that would wait too
/// long is rejected, with the time after which a retry can succeed.
package final class RateLimiter: Sendable {
    package struct Limits: Sendable {
        /// Maximum calls per second.
        package var ceiling: Double
        /// Maximum calls in the queue.
        package var waiters: Int
        /// Percentage of the calls that are reserved for signed-in users while guests wait too, 0–95.
        package var signedInReserve: Int

        package init(ceiling: Double, waiters: Int = 2_000, signedInReserve: Int = 80) {
            self.ceiling = ceiling
            self.waiters = waiters
            self.signedInReserve = signedInReserve
        }
    }

    private struct Waiter {
        let share: CallShare
        let end: Duration
        let continuation: CheckedContinuation<Outcome, Never>
    }

    /// How the wait in the queue ended.
    private enum Outcome {
        case granted
        case cancelled
        /// With the time after which a retry makes sense.
        case rejected(Duration)
        /// With the time until the circuit breaker admits a probe.
        case dismissed(Duration)
    }

    private struct State {
        var rate: AdaptiveRate
        /// The token bucket: calls that may be sent at once. Refilled over time.
        var tokens: Double
        var refilled: Duration
        /// Exactly the calls in `waiters`.
        var queue: FairQueue
        var waiters: [UInt64: Waiter] = [:]
        var number: UInt64 = 0
        var isDraining = false
        /// The last retry slot that a rejected call of each audience was assigned. Slots follow each other at the
        /// current rate.
        var promised: [Grant.Audience: Duration] = [:]

        /// Capacity of the token bucket: the calls of a tenth of a second.
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

        mutating func evict(for newCall: CallShare) -> Waiter? {
            queue.evict(for: newCall).flatMap { waiters.removeValue(forKey: $0) }
        }

        func wait(behind count: Int) -> Duration {
            .seconds((Double(count) + 1 - tokens) / rate.current(at: refilled))
        }

        /// Assigns the next retry slot, so that the retries of rejected calls do not arrive all at once.
        mutating func promise(to share: CallShare, after wait: Duration, at now: Duration) -> Duration {
            let next = max(promised[share.audience] ?? .zero, now + wait) + .seconds(1 / rate.current(at: refilled))
            let slot = min(next, now + RateLimiter.longestPromise)
            promised[share.audience] = slot
            return slot - now
        }
    }

    /// Upper limit of the wait until a retry slot.
    private static let longestPromise = Duration.seconds(30)

    private let limits: Limits
    private let clock: MonotonicTime
    private let state: Mutex<State>

    package init(limits: Limits, clock: MonotonicTime = .system) {
        self.limits = limits
        self.clock = clock
        let rate = AdaptiveRate(ceiling: limits.ceiling)
        state = Mutex(
            State(
                rate: rate, tokens: max(1, limits.ceiling / 10), refilled: clock.now(),
                queue: FairQueue(reserve: limits.signedInReserve)))
    }

    /// Calls per second that it admits at most.
    package var ceiling: Double { limits.ceiling }

    /// The current rate in calls per second, and the calls in the queue.
    package var status: (rate: Double, waiting: Int) {
        let now = clock.now()
        return state.withLock { ($0.rate.current(at: now), $0.waiters.count) }
    }

    /// Returns once the call may be sent.
    /// - Parameters:
    ///   - share: on whose behalf the call is made. The queue is fair between shares.
    ///   - patience: a call that would wait longer is rejected at once.
    func turn(of share: CallShare, within patience: Duration) async throws(AttemptError) {
        if takeAtOnce() { return }
        let number = state.withLock { state in
            state.number += 1
            return state.number
        }
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if let now = enter(number, share, patience, continuation) { continuation.resume(returning: now) }
            }
        } onCancel: {
            cancel(number)
        }
        switch outcome {
        case .granted: return
        case .cancelled: throw AttemptError(.cancelled, "cancelled while waiting in the rate limit queue")
        case .rejected(let wait):
            throw AttemptError(.rateLimited, "rate limit: the queue of this AWS endpoint is too long", retryAfter: wait)
        case .dismissed(let wait): throw .breakerOpen(for: wait)
        }
    }

    /// Rejects all queued calls, because the circuit breaker is open for `wait`.
    func dismiss(for wait: Duration) {
        let waiters = state.withLock { state in
            defer {
                state.waiters = [:]
                state.queue = FairQueue(reserve: limits.signedInReserve)
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

    /// The turn of a call that finds a token and an empty queue, without a suspension.
    private func takeAtOnce() -> Bool {
        guard !Task.isCancelled else { return false }
        let now = clock.now()
        return state.withLock { state in
            state.refill(at: now)
            return state.waiters.isEmpty && state.take(at: now)
        }
    }

    /// - Returns: the outcome if it is known at once; `nil` if the call is queued.
    private func enter(
        _ number: UInt64, _ share: CallShare, _ patience: Duration, _ continuation: CheckedContinuation<Outcome, Never>
    ) -> Outcome? {
        let now = clock.now()
        var displaced: (CheckedContinuation<Outcome, Never>, Duration)?
        let (outcome, begins) = state.withLock { state -> (Outcome?, Bool) in
            guard !Task.isCancelled else { return (.cancelled, false) }
            state.refill(at: now)
            if state.waiters.isEmpty, state.take(at: now) { return (.granted, false) }
            let wait = state.wait(behind: state.queue.position(in: share))
            guard wait <= patience else { return (.rejected(state.promise(to: share, after: wait, at: now)), false) }
            if state.waiters.count >= limits.waiters {
                guard let last = state.evict(for: share) else {
                    return (.rejected(state.promise(to: share, after: wait, at: now)), false)
                }
                displaced = (last.continuation, state.promise(to: last.share, after: wait, at: now))
            }
            state.queue.join(number, share: share)
            state.waiters[number] = Waiter(share: share, end: now + patience, continuation: continuation)
            defer { state.isDraining = true }
            return (nil, !state.isDraining)
        }
        if let (continuation, wait) = displaced { continuation.resume(returning: .rejected(wait)) }
        if begins { Task { await drain() } }
        return outcome
    }

    private func cancel(_ number: UInt64) {
        let waiter = state.withLock { state -> Waiter? in
            guard let waiter = state.waiters.removeValue(forKey: number) else { return nil }
            state.queue.leave(number, share: waiter.share)
            return waiter
        }
        waiter?.continuation.resume(returning: .cancelled)
    }

    /// Admits queued calls as the token bucket refills, until the queue is empty.
    private func drain() async {
        while let pause = release() {
            do {
                try await clock.sleep(pause)
            } catch {
                // Nothing holds this task, so nothing cancels it.
                return
            }
        }
    }

    /// - Returns: the time until the next call may be sent; `nil` if the queue is empty.
    private func release() -> Duration? {
        let now = clock.now()
        var outcomes: [(CheckedContinuation<Outcome, Never>, Outcome)] = []
        let pause = state.withLock { state -> Duration? in
            state.refill(at: now)
            while state.tokens >= 1, let (number, audience) = state.queue.next() {
                guard let waiter = state.waiters.removeValue(forKey: number) else { continue }
                if waiter.end < now {
                    let wait = state.wait(behind: state.waiters.count)
                    let slot = state.promise(to: waiter.share, after: wait, at: now)
                    outcomes.append((waiter.continuation, .rejected(slot)))
                } else if state.take(at: now) {
                    state.queue.charge(audience)
                    outcomes.append((waiter.continuation, .granted))
                }
            }
            guard !state.waiters.isEmpty else {
                state.isDraining = false
                return nil
            }
            return max(state.wait(behind: 0), .milliseconds(1))
        }
        for (continuation, outcome) in outcomes { continuation.resume(returning: outcome) }
        return pause
    }
}
