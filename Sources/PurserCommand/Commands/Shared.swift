// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BrokerConfiguration
import Foundation
import Glibc
import Logging
import Observability
import Outbound
import ServiceLifecycle
import UnixSignals
import Vending

struct ConfigurationOption: ParsableArguments {
    @Option(name: .customLong("config"), help: "The configuration file (docs/configuration.md).")
    var file: String
}

/// Why a command fails: what was found and what was expected.
struct CommandError: Error, CustomStringConvertible {
    let description: String
}

extension CompositionRoot {
    /// The app with the name from an option.
    func app(_ name: String) throws(CommandError) -> App {
        if let app = apps.first(where: { $0.name.rawValue == name }) { return app }
        let names = apps.map(\.name.rawValue).sorted().joined(separator: ", ")
        throw CommandError(description: "the file has no app \"\(name)\"; it has \(names)")
    }
}

/// Runs a command that prints a result. Reports a thrown error on standard error and exits with 1.
func runCommand(_ body: (ProcessContext) async throws -> Void) async throws {
    let context = ProcessContext()
    let outcome: Result<Void, any Error>
    do {
        try await body(context)
        outcome = .success(())
    } catch {
        outcome = .failure(error)
    }
    await context.close()
    do {
        try outcome.get()
    } catch let problems as ConfigurationError {
        throw fail(problems)
    } catch let code as ExitCode {
        throw code
    } catch {
        write("\(error)", to: .standardError)
        throw ExitCode.failure
    }
}

/// Reports the mistakes on standard error, one per line.
/// - Returns: the exit code of the command.
func fail(_ problems: ConfigurationError) -> ExitCode {
    for problem in problems.problems { write("\(problem)", to: .standardError) }
    return .failure
}

func write(_ line: String, to handle: FileHandle) {
    // A closed terminal is no reason to stop.
    try? handle.write(contentsOf: Data((line + "\n").utf8))
}

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

/// What a process has once: its log on standard error, the HTTP client and the limit of file descriptors.
struct ProcessContext {
    let log: LogSink
    let logger: Logger
    let outbound: OutboundClient
    /// File descriptors that the process may have.
    let files: Int

    init() {
        files = FileDescriptors.raiseLimit()
        // If the log reader closes its end, write() returns an error and the process continues.
        signal(SIGPIPE, SIG_IGN)
        let sink = LogSink(descriptor: STDERR_FILENO)
        log = sink
        logger = Logger(label: "purser") { _ in JSONLogHandler(sink: sink) }
        outbound = OutboundClient()
    }

    func environment(_ additional: [String: String] = [:]) -> Environment {
        Environment(
            variables: ProcessInfo.processInfo.environment.merging(additional) { _, new in new },
            transport: outbound, log: log)
    }

    func close() async {
        await outbound.shutdown()
        log.close()
    }
}
