// SPDX-License-Identifier: Apache-2.0

private import Foundation

/// The rate limit of an endpoint: the ceiling, reduced after a throttle and then raised step by step (cubic growth,
/// RFC 9438 §4.2, over seconds instead of round trips). Not thread-safe.
struct AdaptiveRate {
    /// The factor by which a throttle reduces the rate.
    private static let decrease = 0.7
    /// How fast the rate recovers, in calls a second for each cubed second.
    private static let growth = 0.4
    /// Throttles within this time of the last decrease are ignored: they belong to calls from before it.
    private static let pause = Duration.milliseconds(500)

    /// The maximum rate in calls per second.
    let ceiling: Double
    private let floor: Double
    private var decreased: (at: Duration, from: Double)?
    // The calls of the current half second, and the calls per second of the previous one.
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
        // The rate that was really sent, if it was below the limit: whether AWS accepts more is unknown.
        let sent = max(measured, slot.count / elapsed)
        decreased = (now, max(floor, min(current(at: now), max(sent, floor))))
    }

    private mutating func settle(at now: Duration) {
        guard now - slot.begin >= .milliseconds(500) else { return }
        measured = slot.count / max((now - slot.begin) / .seconds(1), 0.5)
        slot = (now, 0)
    }
}
