// SPDX-License-Identifier: Apache-2.0

/// Time that never moves backward, even if the wall clock is set: for cool-downs, ages and waits.
package struct MonotonicTime: Sendable {
    /// Time since an arbitrary start.
    package let now: @Sendable () -> Duration
    /// Throws only if its task is cancelled.
    package let sleep: @Sendable (Duration) async throws -> Void

    package init(
        now: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.sleep = sleep
    }

    /// The time of `clock`, starting at zero.
    package init(_ clock: any Clock<Duration>) {
        self = Self.time(of: clock)
    }

    private static func time<C: Clock<Duration>>(of clock: C) -> MonotonicTime {
        let beginning = clock.now
        return MonotonicTime(
            now: { beginning.duration(to: clock.now) },
            sleep: { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) })
    }

    /// The system's continuous clock, which keeps running while the machine sleeps.
    package static let system: MonotonicTime = {
        let beginning = ContinuousClock.now
        return MonotonicTime(
            now: { beginning.duration(to: .now) },
            sleep: { try await Task.sleep(for: $0, clock: .continuous) })
    }()
}
