// SPDX-License-Identifier: Apache-2.0

import AWS
import ArgumentParser
import BrokerConfiguration
import Foundation

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check a configuration file.",
        discussion: "Reports every mistake with its file and line, and exits with 1 if there is any. Makes no network "
            + "calls. With --kubernetes, prints the settings of the pod that fit the configuration, as YAML.")

    @OptionGroup var option: ConfigurationOption

    @Option(help: "Users who are active all the time, for the estimate of calls of STS with hand-out.")
    var activeUsers = 10_000

    @Flag(help: "Print the grace period and the probes of a Kubernetes pod; notes go to standard error.")
    var kubernetes = false

    func validate() throws {
        guard (1...1_000_000_000).contains(activeUsers) else {
            throw ValidationError("--active-users: expected a number of 1 to 1000000000")
        }
    }

    func run() async throws {
        try await runCommand { context in
            let environment = context.environment()
            let settings = try SettingsFile.read(option.file, variables: environment.variables)
            let root = CompositionRoot(settings, environment, logger: context.logger)
            let sessions = root.brokerIdentity.tooLongSessions(settings)
            let places = PlaceChecks(settings)
            let mistakes = sessions.refused + places.mistakes
            if !mistakes.isEmpty { throw ConfigurationError(file: option.file, mistakes) }
            for remark in sessions.doubtful + places.notes + root.remarks + TokenRemarks(settings).all
                + HandOutNotes(settings).estimates(activeUsers: activeUsers)
                + brokerCredentials(root.brokerIdentity, settings) + PublicMonitorRemarks.texts(settings)
                + ListenerRemarks.forCheck(settings)
            {
                write("note: \(remark)", to: kubernetes ? .standardError : .standardOutput)
            }
            if kubernetes { return write(KubernetesPod(settings).yaml, to: .standardOutput) }
            let (apps, issuers) = (settings.apps.count, settings.issuers.count)
            write("\(option.file): good: apps \(apps), issuers \(issuers)", to: .standardOutput)
        }
    }

    private func brokerCredentials(_ identity: BrokerIdentity, _ settings: Settings) -> [String] {
        guard settings.needsBrokerCredentials else { return [] }
        do throws(BrokerCredentialError) {
            let plan = try identity.plan()
            return ["exchange assume-role: the broker's AWS credentials would come from: \(plan.summary)"]
        } catch {
            return ["exchange assume-role: the broker's AWS credentials: \(error)"]
        }
    }
}
