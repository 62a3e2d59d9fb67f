/// When a remote source fetches next, and whether it may at a stranger's word. Values in, values out; no waiting here.
struct KeyRefresh {
    struct Limits: Sendable {
        /// Between the beginnings of two fetches that strangers cause.
        let coolDown: Duration
        /// Since the last success; older keys are not used.
        let maximumStaleness: Duration
    }

    private let limits: Limits
    /// Begins at once.
    private(set) var next = Duration.zero
    private var begun: Duration?
    private var succeeded: Duration?
    private(set) var failures = 0
    private(set) var counts = (succeeded: 0, failed: 0)

    init(_ limits: Limits) {
        self.limits = limits
    }

    /// Whether a stranger may cause a fetch now. Where not, one is due when the cool-down ends, so that what is new
    /// meanwhile does not wait for the schedule.
    mutating func allows(at now: Duration) -> Bool {
        guard let begun, now < begun + limits.coolDown else { return true }
        next = min(next, begun + limits.coolDown)
        return false
    }

    mutating func begin(at now: Duration) {
        begun = now
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

    /// Since the last success, while its keys are in use.
    func age(at now: Duration) -> Duration? {
        succeeded.map { now - $0 }
    }

    /// When something is to be done: a fetch, or keys to be dropped.
    var due: Duration {
        min(next, succeeded.map { $0 + limits.maximumStaleness } ?? next)
    }

    /// The age of keys that may no longer be used; told once.
    mutating func dropStale(at now: Duration) -> Duration? {
        guard let age = age(at: now), age >= limits.maximumStaleness else { return nil }
        succeeded = nil
        // Without keys, every second counts.
        next = min(next, now + FetchSchedule.longestWaitWithoutKeys)
        return age
    }
}
