// SPDX-License-Identifier: Apache-2.0

import AWS
import ArgumentParser
import BrokerConfiguration
import Foundation

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check a configuration file.",
        discussion: "Reports every mistake with its file and line, and exits with 1 if there is any. Makes no network "
            + "calls.")

    @OptionGroup var option: ConfigurationOption

    func run() async throws {
        try await runCommand { context in
            let environment = context.environment()
            let settings = try SettingsFile.read(option.file, variables: environment.variables)
            let root = CompositionRoot(settings, environment, logger: context.logger)
            let sessions = root.brokerIdentity.tooLongSessions(settings)
            if !sessions.refused.isEmpty { throw ConfigurationError(file: option.file, sessions.refused) }
            for remark in sessions.doubtful + root.remarks + TokenRemarks(settings).all
                + brokerCredentials(root.brokerIdentity)
            {
                write("note: \(remark)", to: .standardOutput)
            }
            let (apps, issuers) = (settings.apps.count, settings.issuers.count)
            write("\(option.file): good: apps \(apps), issuers \(issuers)", to: .standardOutput)
        }
    }

    private func brokerCredentials(_ identity: BrokerIdentity) -> [String] {
        guard identity.isNeeded else { return [] }
        do throws(BrokerCredentialError) {
            let plan = try identity.plan()
            return ["exchange assume-role: the broker's AWS credentials would come from: \(plan.summary)"]
        } catch {
            return ["exchange assume-role: the broker's AWS credentials: \(error)"]
        }
    }
}
