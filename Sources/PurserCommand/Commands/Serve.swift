// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BrokerConfiguration
import Foundation
import Logging
import Observability
import Service

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the broker.",
        discussion:
            "Logs to standard error, JSON lines unless log.format is text. On SIGTERM it finishes the requests in flight, then exits; on "
            + "a second SIGTERM it exits at once. On SIGHUP, and when the file changes, it loads the configuration again."
    )

    @OptionGroup var option: ConfigurationOption

    func run() async throws {
        let dumps = CoreDumps()
        var settings: Settings
        let file: ConfigurationFile
        do throws(ConfigurationError) {
            file = try ConfigurationFile(option.file)
            settings = try SettingsFile.parse(
                file.startText, file: file.path, variables: ProcessInfo.processInfo.environment)
        } catch {
            throw fail(error)
        }
        if settings.coreDumps { dumps.allow() } else { dumps.forbid() }
        let context = ProcessContext(log: settings.log.output) { [settings] in
            settings.outboundConnections(files: $0)
        }
        let shutdown = await ShutdownSignals.handled(log: context.log, logger: context.logger)
        let reloads = await shutdown.reloads()
        let environment = context.environment()
        let root: CompositionRoot
        let audit: AuditSink
        let journal: LogoutJournal?
        do {
            if let remark = settings.fit(files: context.files) {
                context.logger.warning("configuration", metadata: ["detail": "\(remark)"])
            }
            audit = try AuditSink(settings.audit, log: context.log, logger: context.logger)
            journal = try settings.logouts.map { [settings] logouts in
                try LogoutJournal.open(
                    logouts, from: Int(environment.now().timeIntervalSince1970) - settings.logoutRetention,
                    logger: context.logger)
            }
            root = CompositionRoot(
                settings, environment, audit: audit.sink, journal: journal, logger: context.logger)
            let sessions = root.brokerIdentity.tooLongSessions(settings)
            if !sessions.refused.isEmpty { throw ConfigurationError(file: option.file, sessions.refused) }
        } catch let problems as ConfigurationError {
            await context.close()
            throw fail(problems)
        } catch {
            await context.close()
            write("\(option.file): \(error)", to: .standardError)
            throw ExitCode.failure
        }
        context.log.start()
        audit.start()
        if let sink = audit.sink, sink !== context.log { shutdown.flush(sink) }
        context.logger.info(
            "starting",
            metadata: [
                "version": "\(Version.number)", "commit": "\(Version.commit)", "file": "\(file.path)",
                "configuration": "\(ConfigurationFile.digest(file.startText))",
                "apps": .stringConvertible(settings.apps.count),
                "issuers": .stringConvertible(settings.issuers.count),
            ])
        for remark in root.remarks {
            context.logger.warning("configuration", metadata: ["detail": "\(remark)"])
        }
        let outcome: Result<Void, any Error>
        do {
            let server = Server(
                root, environment, reload: ReloadSource(file: file, requests: reloads), logger: context.logger)
            try await PurserCommand.run(
                server.services, until: shutdown,
                limits: ShutdownLimits(drain: settings.drain, exchangeTimeout: settings.exchangeTimeout),
                logger: context.logger)
            outcome = .success(())
        } catch let problem as ListenerError {
            let setting = settings.setting(of: problem.address.setting)
            context.logger.error("stopped", metadata: ["detail": "\(setting): \(problem)"])
            outcome = .failure(ExitCode.failure)
        } catch {
            context.logger.error("stopped", metadata: ["detail": "\(error)"])
            outcome = .failure(ExitCode.failure)
        }
        if case .success = outcome { context.logger.info("stopped") }
        await journal?.close()
        audit.close()
        await context.close()
        try outcome.get()
    }
}
