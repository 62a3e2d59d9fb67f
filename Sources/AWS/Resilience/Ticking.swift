/// Monotonic time as a count from a start, and waiting in it, without the clock's own types.
struct Ticking: Sendable {
    /// Since the start.
    let now: @Sendable () -> Duration
    /// Until that much later; throws `CancellationError` where it is cancelled.
    let sleep: @Sendable (Duration) async throws -> Void

    init(_ clock: any Clock<Duration>) {
        self = Self.ticking(clock)
    }

    init(now: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (Duration) async throws -> Void) {
        self.now = now
        self.sleep = sleep
    }

    private static func ticking<C: Clock<Duration>>(_ clock: C) -> Ticking {
        let start = clock.now
        return Ticking(
            now: { start.duration(to: clock.now) },
            sleep: { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) })
    }
}
