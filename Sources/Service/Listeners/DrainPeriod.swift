// SPDX-License-Identifier: Apache-2.0

package import Logging
private import ServiceLifecycle

/// The first service that a shutdown stops: the readiness check fails at once and responses close their connections,
/// but the listener closes only after `period`. Until then, requests are served as usual.
package struct DrainPeriod: Service {
    private let readiness: Readiness
    private let period: Duration
    private let logger: Logger

    package init(_ readiness: Readiness, period: Duration, logger: Logger) {
        self.readiness = readiness
        self.period = period
        self.logger = logger
    }

    package func run() async throws {
        try? await gracefulShutdown()
        readiness.drain()
        logger.info("drain began", metadata: ["seconds": .stringConvertible(period / .seconds(1))])
        // A cancellation ends the sleep early, and stops all services anyway.
        try? await Task.sleep(for: period)
        logger.info("drain ended")
    }
}
