import AWS
import ArgumentParser
import BrokerConfiguration
import Foundation

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check a configuration file.",
        discussion: "Tells every problem with its file and line, and ends with 1 if there is any. Fetches nothing.")

    @OptionGroup var option: ConfigurationOption

    func run() async throws {
        try await answering { context in
            let environment = context.environment()
            let settings = try SettingsFile.read(option.file, variables: environment.variables)
            let root = CompositionRoot(settings, environment, logger: context.logger)
            let sessions = root.own.tooLongSessions(settings)
            if !sessions.refused.isEmpty { throw ConfigurationError(file: option.file, sessions.refused) }
            for remark in sessions.doubtful + root.remarks + brokerCredentials(root.own) {
                write("note: \(remark)", to: .standardOutput)
            }
            let (apps, issuers) = (settings.apps.count, settings.issuers.count)
            write("\(option.file): good: apps \(apps), issuers \(issuers)", to: .standardOutput)
        }
    }

    private func brokerCredentials(_ own: BrokerIdentity) -> [String] {
        guard own.isNeeded else { return [] }
        do throws(BrokerCredentialError) {
            return ["exchange assume-role: own AWS credentials would come from: \(try own.plan().summary)"]
        } catch {
            return ["exchange assume-role: own AWS credentials: \(error)"]
        }
    }
}
