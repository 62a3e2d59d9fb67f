// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BrokerConfiguration
import Foundation
import Logging
import Observability
import Sandbox
import Service
import ServiceLifecycle

extension LogSettings.Format: ExpressibleByArgument {}

struct Dev: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the broker with a sandbox: identity provider, STS and RUM data plane, without an AWS account.")

    @Option(help: "Address of the broker; port 0 chooses a free port.")
    var listen = "127.0.0.1:8080"

    @Option(help: "Address of the broker's admin listener.")
    var admin = "127.0.0.1:8081"

    @Option(help: "Address of the sandbox.")
    var sandbox = "127.0.0.1:8090"

    @Option(help: "Format of the log on standard error: text or json.")
    var logFormat = LogSettings.Format.text

    func validate() throws {
        for (name, text) in [("--listen", listen), ("--admin", admin), ("--sandbox", sandbox)]
        where SettingsValues.address(text) == nil {
            throw ValidationError("\(name): found \"\(text)\"; expected \(SettingsValues.expectedAddress)")
        }
    }

    func run() async throws {
        guard let address = SettingsValues.address(sandbox) else { return }
        CoreDumps().forbid()
        let context = ProcessContext(log: LogOutput(format: logFormat))
        let shutdown = await ShutdownSignals.handled(log: context.log, logger: context.logger)
        context.log.start()
        do {
            try await DevServer(listen: listen, admin: admin, sandboxAddress: address.listener, context).run(
                until: shutdown)
        } catch let problems as ConfigurationError {
            await context.close()
            throw fail(problems)
        } catch let problem as ListenerError {
            await context.close()
            write("purser dev: \(option(of: problem.address)): \(problem); choose another address", to: .standardError)
            throw ExitCode.failure
        } catch {
            await context.close()
            write("purser dev: \(error)", to: .standardError)
            throw ExitCode.failure
        }
        await context.close()
        // Exits although the sandbox is still running.
        throw ExitCode.success
    }

    /// The option that defines a listener's address.
    private func option(of address: ListenerAddress) -> String {
        switch address {
        case SettingsValues.address(listen)?.listener: "--listen"
        case SettingsValues.address(admin)?.listener: "--admin"
        default: "--sandbox"
        }
    }
}
