// SPDX-License-Identifier: Apache-2.0

import Logging
import ServiceLifecycle

/// How long a shutdown may take, from the first signal.
struct ShutdownLimits {
    /// Then services that have not finished are cancelled.
    let services: Duration
    /// Then the process ends, whatever it does.
    let process: Duration

    /// - Parameters:
    ///   - drain: for how long the service accepts requests after the signal.
    ///   - exchangeTimeout: maximum duration of the last request.
    init(drain: Duration, exchangeTimeout: Duration) {
        services = drain + exchangeTimeout + .seconds(3)
        // With the time for the last lines of the log, the process ends within 5 s.
        process = drain + exchangeTimeout + .milliseconds(4_500)
    }
}

/// Runs services until a signal ends them. An error that occurs after the signal is logged and not thrown: the shutdown
/// was requested, and it happens.
func run(
    _ services: [any Service], until shutdown: ShutdownSignals, limits: ShutdownLimits, logger: Logger
) async throws {
    var configuration = ServiceGroupConfiguration(
        services: services.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) },
        logger: silent(logger))
    configuration.maximumGracefulShutdownDuration = limits.services
    let group = ServiceGroup(configuration: configuration)
    shutdown.begin(within: limits.process) {
        Task { await group.triggerGracefulShutdown() }
    }
    do {
        try await group.run()
    } catch {
        guard shutdown.hasBegun else { throw error }
        logger.warning("shutdown incomplete", metadata: ["detail": "\(error)"])
    }
}

private func silent(_ logger: Logger) -> Logger {
    var silent = logger
    silent.logLevel = .critical
    return silent
}
