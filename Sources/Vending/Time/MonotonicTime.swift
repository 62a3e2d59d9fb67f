// SPDX-License-Identifier: Apache-2.0

private import Glibc

/// Time that never moves backward, even if the wall clock is set: for cool-downs, ages and waits.
package struct MonotonicTime: Sendable {
    /// Time since an arbitrary start.
    package let now: @Sendable () -> Duration
    /// The same in nanoseconds, for paths that every request takes.
    package let nanoseconds: @Sendable () -> Int64
    /// Throws only if its task is cancelled.
    package let sleep: @Sendable (Duration) async throws -> Void

    package init(
        now: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.init(now: now, nanoseconds: { now().inNanoseconds }, sleep: sleep)
    }

    private init(
        now: @escaping @Sendable () -> Duration, nanoseconds: @escaping @Sendable () -> Int64,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.nanoseconds = nanoseconds
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

    /// The time since the machine started, which keeps running while the machine sleeps, as the continuous clock does.
    package static let system = MonotonicTime(
        now: { .nanoseconds(boottime()) }, nanoseconds: { boottime() },
        sleep: { try await Task.sleep(for: $0, clock: .continuous) })

    private static func boottime() -> Int64 {
        var time = timespec()
        // Fails only for a clock that does not exist.
        _ = unsafe clock_gettime(CLOCK_BOOTTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
