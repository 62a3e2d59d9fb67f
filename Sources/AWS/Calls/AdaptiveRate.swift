private import Foundation

/// How many calls a second an endpoint is to get: what is allowed, less after it throttled, and step by step more again
/// (cubic growth, RFC 9438 §4.2, over seconds in place of round trips). Not thread-safe.
struct AdaptiveRate {
    /// What is left of the rate after a throttle.
    private static let decrease = 0.7
    /// How fast the rate grows back, in calls a second for each cubed second.
    private static let growth = 0.4
    /// Throttles within this of the last decrease belong to calls from before it.
    private static let pause = Duration.milliseconds(500)

    /// Calls a second, never more.
    let ceiling: Double
    private let floor: Double
    private var decreased: (at: Duration, from: Double)?
    // Calls of the half second that is going on, and how many a second the one before it had.
    private var slot = (begin: Duration.zero, count: 0.0)
    private var measured = 0.0

    init(ceiling: Double) {
        self.ceiling = ceiling
        floor = min(1, ceiling)
    }

    func current(at now: Duration) -> Double {
        guard let decreased else { return ceiling }
        let period = cbrt(decreased.from * (1 - Self.decrease) / Self.growth)
        let elapsed = (now - decreased.at) / .seconds(1)
        let rate = Self.growth * pow(elapsed - period, 3) + decreased.from
        return min(ceiling, max(floor, rate))
    }

    mutating func called(at now: Duration) {
        settle(at: now)
        slot.count += 1
    }

    mutating func throttled(at now: Duration) {
        if let decreased, now - decreased.at < Self.pause { return }
        settle(at: now)
        let elapsed = max((now - slot.begin) / .seconds(1), 0.1)
        // What was really sent, where that was less than allowed: nobody knows whether AWS takes more.
        let sent = max(measured, slot.count / elapsed)
        decreased = (now, max(floor, min(current(at: now), max(sent, floor))))
    }

    private mutating func settle(at now: Duration) {
        guard now - slot.begin >= .milliseconds(500) else { return }
        measured = slot.count / max((now - slot.begin) / .seconds(1), 0.5)
        slot = (now, 0)
    }
}
