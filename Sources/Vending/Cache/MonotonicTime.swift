/// Time that only moves forward, whatever happens to the wall clock: for cool-downs, ages and waits.
package struct MonotonicTime: Sendable {
    /// Since a beginning that means nothing.
    package let now: @Sendable () -> Duration
    /// Throws when its task is cancelled, and for no other reason.
    package let sleep: @Sendable (Duration) async throws -> Void

    package init(
        now: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.sleep = sleep
    }

    /// Another clock's, from now on.
    package init(_ clock: any Clock<Duration>) {
        self = Self.time(of: clock)
    }

    private static func time<C: Clock<Duration>>(of clock: C) -> MonotonicTime {
        let beginning = clock.now
        return MonotonicTime(
            now: { beginning.duration(to: clock.now) },
            sleep: { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) })
    }

    /// The system's, which goes on while the machine sleeps.
    package static let system: MonotonicTime = {
        let beginning = ContinuousClock.now
        return MonotonicTime(
            now: { beginning.duration(to: .now) },
            sleep: { try await Task.sleep(for: $0, clock: .continuous) })
    }()
}
