private import ServiceLifecycle

/// The first to hear of a shutdown: from then on the service is not ready and its answers ask clients to leave, and
/// only after `period` does the listener close. Requests that come meanwhile are answered like any other.
package struct DrainPeriod: Service {
    private let readiness: Readiness
    private let period: Duration

    package init(_ readiness: Readiness, period: Duration) {
        self.readiness = readiness
        self.period = period
    }

    package func run() async throws {
        try? await gracefulShutdown()
        readiness.drain()
        // Cut short by a cancellation, which ends everything anyway.
        try? await Task.sleep(for: period)
    }
}
