// SPDX-License-Identifier: Apache-2.0

import Logging
import ServiceLifecycle
import UnixSignals

/// Runs services until a signal ends them.
func run(_ services: [any Service], logger: Logger, grace: Duration) async throws {
    var configuration = ServiceGroupConfiguration(
        services: services.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) },
        gracefulShutdownSignals: [.sigterm, .sigint], logger: silent(logger))
    // After this time, services that have not finished are cancelled.
    configuration.maximumGracefulShutdownDuration = grace
    try await ServiceGroup(configuration: configuration).run()
}

private func silent(_ logger: Logger) -> Logger {
    var silent = logger
    silent.logLevel = .critical
    return silent
}
