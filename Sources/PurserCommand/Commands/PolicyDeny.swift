import AWS
import ArgumentParser
import Foundation
import Vending

struct PolicyDeny: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deny",
        abstract: "Print the policy that cuts off sessions already handed out.",
        discussion:
            "An inline policy for the app's roles; in effect within minutes. Says on standard error until when it "
            + "is needed and how much of each role's space for inline policies it leaves.")

    @OptionGroup var option: ConfigurationOption

    @Option(help: "The app's name.")
    var app: String

    @Option(help: "Cut off every session that began before this time, such as 2026-11-21T08:00:00Z.")
    var before: String

    func run() async throws {
        let surroundings = Surroundings()
        do {
            try explain(surroundings)
        } catch let problems as SettingsProblems {
            await surroundings.close()
            throw fail(problems)
        } catch {
            await surroundings.close()
            write("\(error)", to: .standardError)
            throw ExitCode.failure
        }
        await surroundings.close()
    }

    private func explain(_ surroundings: Surroundings) throws {
        let settings = try SettingsFile.read(option.file, variables: surroundings.environment().variables)
        guard let app = settings.apps.first(where: { $0.name.rawValue == app }) else {
            throw AccountDocuments.Problem(description: "the file has no app \"\(app)\"")
        }
        guard let time = try? Date(before, strategy: .iso8601) else {
            throw AccountDocuments.Problem(
                description: "--before: found \"\(before)\"; expected a time such as 2026-11-21T08:00:00Z")
        }
        let grants = [app.signedIn, app.guest].compactMap { $0 }
        let longest = grants.map { Int($0.session / .seconds(1)) }.max() ?? 0
        let deny = DenyPolicy(sessionsBefore: time, sessionDuration: longest)
        let policy = deny.document.json()
        write(policy, to: .standardOutput)
        write("for the roles \(grants.map(\.role.text).joined(separator: ", "))", to: .standardError)
        write(
            "needed until \(deny.neededUntil.formatted(.iso8601)), when the last session has ended", to: .standardError)
        write(
            "takes \(policy.utf8.count) of the \(DenyPolicy.inlinePolicyQuota) characters that a role's inline policies have",
            to: .standardError)
    }
}
