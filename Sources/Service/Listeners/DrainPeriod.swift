// SPDX-License-Identifier: Apache-2.0

private import ServiceLifecycle

/// The first service that a shutdown stops: the readiness check fails at once and responses close their connections,
/// but the listener closes only after `period`. Until then, requests are served as usual.
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
        // A cancellation ends the sleep early, and stops all services anyway.
        try? await Task.sleep(for: period)
    }
}
