// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BrokerConfiguration
import Foundation
import Vending

struct ConfigurationOption: ParsableArguments {
    @Option(name: .customLong("config"), help: "The configuration file (docs/configuration.md).")
    var file: String
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
