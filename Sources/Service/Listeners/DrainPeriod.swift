// SPDX-License-Identifier: Apache-2.0

package import Logging
private import ServiceLifecycle

/// The first service that a shutdown stops: the readiness check fails at once and responses close their connections,
/// but the listener closes only after `period`. Until then, requests are served as usual.
package struct DrainPeriod: Service {
    private let readiness: Readiness
    private let period: Duration
    private let connections: @Sendable () -> Int
    private let logger: Logger
    private let began: @Sendable () -> Void

    /// - Parameters:
    ///   - connections: the number of open connections, for the log.
    ///   - began: called when the drain begins.
    package init(
        _ readiness: Readiness, period: Duration, connections: @escaping @Sendable () -> Int, logger: Logger,
        began: @escaping @Sendable () -> Void
    ) {
        self.readiness = readiness
        self.period = period
        self.connections = connections
        self.logger = logger
        self.began = began
    }

    package func run() async throws {
        try? await gracefulShutdown()
        readiness.drain()
        began()
        logger.info(
            "drain began",
            metadata: [
                "seconds": .stringConvertible(period / .seconds(1)), "connections": .stringConvertible(connections()),
            ])
        // A cancellation ends the sleep early, and stops all services anyway.
        try? await Task.sleep(for: period)
        logger.info("drain ended", metadata: ["connections": .stringConvertible(connections())])
    }
}
