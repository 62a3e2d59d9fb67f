import AWS
import AccountSetup
import ArgumentParser
import BrokerConfiguration
import Foundation
import Vending

struct PolicyDeny: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deny",
        abstract: "Print the policy that cuts off sessions already handed out.",
        discussion:
            "An inline policy for the app's roles; in effect within minutes. With a user, only his sessions end. Says on "
            + "standard error until when it is needed and how much of each role's space for inline policies it leaves.")

    @OptionGroup var option: ConfigurationOption

    @Option(help: "The app's name.")
    var app: String

    @Option(help: "Cut off sessions that began before this time, such as 2026-11-21T08:00:00Z; now, with --user alone.")
    var before: String?

    @Option(help: "Cut off only this user: his subject, or his pseudonym from the audit trail or from CloudTrail.")
    var user: String?

    @Option(help: "The issuer of --user; needed where the app has several.")
    var issuer: String?

    func validate() throws {
        if before == nil, user == nil { throw ValidationError("expected --before, --user or both") }
        if issuer != nil, user == nil { throw ValidationError("--issuer: expected --user as well") }
    }

    func run() async throws {
        try await answering { try explain($0) }
    }

    private func explain(_ context: ProcessContext) throws {
        let environment = context.environment()
        let settings = try SettingsFile.read(option.file, variables: environment.variables)
        let root = CompositionRoot(settings, environment, logger: context.logger)
        let app = try root.app(app)
        let time = try time(environment.now())
        if let user {
            guard let signedIn = app.signedIn else {
                throw CommandError(
                    description: "--user: the app has no signed-in users; guests have no names, expected --before alone"
                )
            }
            guard signedIn.grant.exchange.sendsSessionPolicy else {
                throw CommandError(
                    description:
                        "--user: Cognito's enhanced flow names no users to AWS; expected --before alone, or flow "
                        + "basic")
            }
            let named = try SessionUser(
                user, issuer: issuer, of: signedIn, key: settings.pseudonymKey)
            tell(DenyPolicy(sessionsOf: named, before: time, grant: signedIn.grant), [signedIn.grant])
        } else {
            let grants = [app.signedIn?.grant, app.guest].compactMap { $0 }
            let longest = grants.map(\.sessionDuration).max() ?? 0
            tell(DenyPolicy(sessionsBefore: time, sessionDuration: longest), grants)
        }
    }

    private func time(_ now: Date) throws -> Date {
        // Policies and times of issue have whole seconds: what began in this one is to be cut off as well.
        guard let before else { return Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down) + 1) }
        guard let time = try? Date(before, strategy: .iso8601) else {
            throw CommandError(
                description: "--before: found \"\(before)\"; expected a time such as 2026-11-21T08:00:00Z")
        }
        return time
    }

    private func tell(_ deny: DenyPolicy, _ grants: [Grant]) {
        let policy = deny.document.json()
        write(policy, to: .standardOutput)
        let roles = grants.map { $0.exchange.roleARN ?? "that the identity pool gives (\($0.audience.rawValue))" }
        write("for the roles \(roles.joined(separator: ", "))", to: .standardError)
        write(
            "needed until \(deny.neededUntil.formatted(.iso8601)), when the last session has ended", to: .standardError)
        let left = grants.map { deny.remainder(beside: PolicyDocument.permission(of: $0)) }.min() ?? 0
        write(
            "takes \(policy.utf8.count) of the \(DenyPolicy.inlinePolicyQuota) characters that a role's inline policies "
                + "have; \(left) are left beside the one of `purser policy`", to: .standardError)
    }
}

extension SessionUser {
    /// - Parameter text: a pseudonym, or a subject of the issuer, which may be left out where the app has one only.
    init(
        _ text: String, issuer: String?, of signedIn: App.SignedIn, key: PseudonymKey?
    ) throws(CommandError) {
        if Pseudonym.isPlausible(text), issuer == nil {
            self.init(Pseudonym(text))
            return
        }
        let named = try Issuer.chosen(issuer, among: signedIn.issuers)
        let naming = signedIn.grant.attribution.naming
        guard let key = key ?? (naming == .clear ? PseudonymKey.random() : nil) else {
            throw CommandError(
                description: "--user: the file has no pseudonyms.key, so only pseudonyms can be told, which the audit "
                    + "trail has")
        }
        self.init(named, Subject(text), naming: naming, key: key)
    }
}

extension Issuer {
    /// The one that is named, or the only one there is.
    static func chosen(_ name: String?, among issuers: Set<Issuer>) throws(CommandError) -> Issuer {
        let all = issuers.map(\.rawValue).sorted().joined(separator: ", ")
        if let name {
            guard issuers.contains(Issuer(name)) else {
                throw CommandError(description: "--issuer: found \"\(name)\"; expected one of \(all)")
            }
            return Issuer(name)
        }
        guard issuers.count == 1, let only = issuers.first else {
            throw CommandError(description: "--issuer: missing; expected one of \(all)")
        }
        return only
    }
}
