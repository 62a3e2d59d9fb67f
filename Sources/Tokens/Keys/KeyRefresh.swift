// SPDX-License-Identifier: Apache-2.0

/// Decides when a remote source fetches next, and whether an unauthenticated token may cause a fetch. Pure state; it
/// does not wait.
struct KeyRefresh {
    struct Limits: Sendable {
        /// The time after which unverified tokens may cause one more fetch.
        let coolDown: Duration
        /// The number of fetches that unverified tokens may cause at once, at least 1.
        let burst: Int
        /// Maximum age of the keys since the last success; older keys are not used.
        let maximumStaleness: Duration
    }

    private let limits: Limits
    /// The first fetch is due at once.
    private(set) var next = Duration.zero
    /// When the last fetch began.
    private(set) var begun = Duration.zero
    /// When the whole burst is available again.
    private var full = Duration.zero
    /// Whether the fetch at `next` is one that an unverified token caused.
    private var isDeferred = false
    private var succeeded: Duration?
    private(set) var failures = 0
    private(set) var counts = (succeeded: 0, failed: 0)

    init(_ limits: Limits) {
        self.limits = limits
    }

    /// When an unverified token may cause the next fetch.
    var nextAllowed: Duration { full - limits.coolDown * (limits.burst - 1) }

    /// Whether an unverified token may cause a fetch now. If not, a fetch becomes due as soon as it may, so that keys
    /// published in the meantime do not wait for the schedule.
    mutating func allows(at now: Duration) -> Bool {
        guard now < nextAllowed else { return true }
        if nextAllowed < next { (next, isDeferred) = (nextAllowed, true) }
        return false
    }

    /// - Parameter unknownKey: whether an unverified token causes the fetch.
    mutating func begin(at now: Duration, forUnknownKey unknownKey: Bool) {
        begun = now
        if unknownKey || isDeferred { full = max(full, now) + limits.coolDown }
        isDeferred = false
    }

    /// - Parameter wait: until the next fetch.
    mutating func succeed(at now: Duration, wait: Duration) {
        succeeded = now
        next = now + wait
        failures = 0
        counts.succeeded += 1
    }

    /// - Returns: the wait until the next fetch.
    mutating func fail(at now: Duration) -> Duration {
        failures += 1
        counts.failed += 1
        let wait = FetchSchedule.wait(afterFailures: failures, withKeys: succeeded != nil)
        next = now + wait
        return wait
    }

    /// The time since the last success; `nil` if there are no keys.
    func age(at now: Duration) -> Duration? {
        succeeded.map { now - $0 }
    }

    /// When the next action is due: a fetch, or the removal of stale keys.
    var due: Duration {
        min(next, succeeded.map { $0 + limits.maximumStaleness } ?? next)
    }

    /// Returns the keys' age if they just became too old to use. Returns it once for each set of stale keys.
    mutating func dropStale(at now: Duration) -> Duration? {
        guard let age = age(at: now), age >= limits.maximumStaleness else { return nil }
        succeeded = nil
        // Without keys every token is rejected, so the next fetch is soon.
        next = min(next, now + FetchSchedule.longestWaitWithoutKeys)
        return age
    }
}
