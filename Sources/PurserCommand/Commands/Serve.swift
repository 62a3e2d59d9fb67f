import ArgumentParser
import Foundation
import Logging
import Observability
import Service

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the broker.",
        discussion: "Logs JSON lines to standard error. SIGTERM drains: requests are answered, then it ends.")

    @OptionGroup var option: ConfigurationOption

    func run() async throws {
        let surroundings = Surroundings()
        let environment = surroundings.environment()
        let assembly: Assembly
        let audit: AuditSink
        do {
            var settings = try SettingsFile.read(option.file, variables: environment.variables)
            if let remark = settings.fit(files: surroundings.files) {
                surroundings.logger.warning("configuration", metadata: ["detail": "\(remark)"])
            }
            audit = try AuditSink(settings.audit, log: surroundings.log)
            assembly = Assembly(settings, environment, audit: audit.sink, logger: surroundings.logger)
            let sessions = assembly.own.tooLongSessions(settings)
            if !sessions.refused.isEmpty { throw SettingsProblems(file: option.file, sessions.refused) }
        } catch let problems as SettingsProblems {
            await surroundings.close()
            throw fail(problems)
        } catch {
            await surroundings.close()
            write("\(option.file): \(error)", to: .standardError)
            throw ExitCode.failure
        }
        surroundings.log.start()
        audit.start()
        for remark in assembly.remarks {
            surroundings.logger.warning("configuration", metadata: ["detail": "\(remark)"])
        }
        let settings = assembly.settings
        let outcome: Result<Void, any Error>
        do {
            let server = Server(assembly, environment, logger: surroundings.logger)
            try await PurserCommand.run(
                server.services, logger: surroundings.logger,
                grace: settings.drain + settings.exchangeTimeout * 2 + .seconds(5))
            outcome = .success(())
        } catch let problem as ListenerProblem {
            let setting = settings.setting(of: problem.address)
            surroundings.logger.error("stopped", metadata: ["detail": "\(setting): \(problem)"])
            outcome = .failure(ExitCode.failure)
        } catch {
            surroundings.logger.error("stopped", metadata: ["detail": "\(error)"])
            outcome = .failure(ExitCode.failure)
        }
        audit.close()
        await surroundings.close()
        try outcome.get()
    }
}
