// SPDX-License-Identifier: Apache-2.0

import AWS
import AccountSetup
import ArgumentParser
import BrokerConfiguration
import Foundation
import Vending

struct PolicyDeny: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deny",
        abstract: "Print a policy that revokes sessions already issued.",
        discussion:
            "An inline policy for the app's roles; it takes effect within minutes. With --user or --identity-id, it "
            + "revokes only sessions of these users. With --trust, the role's trust policy with an explicit Deny instead, "
            + "for users who can get new sessions without Purser. Reports on standard error until when it is needed and "
            + "how much of each role's quota remains. docs/revocation.md says what stops when.")

    @OptionGroup var option: ConfigurationOption

    @Option(help: "The app's name.")
    var app: String

    @Option(
        help: "Revoke sessions that began before this time, such as 2026-11-21T08:00:00Z; default with --user: now.")
    var before: String?

    @Option(
        help: ArgumentHelp(
            "Revoke only this user: the subject, or the pseudonym from the audit trail or from CloudTrail. Can be "
                + "repeated."))
    var user: [String] = []

    @Option(help: "The issuer of --user; required if the app has several.")
    var issuer: String?

    @Option(
        help: ArgumentHelp(
            "Revoke only this identity of the app's identity pool, such as us-west-2:11111111-… (exchange cognito). "
                + "Can be repeated."))
    var identityId: [String] = []

    @Flag(
        help: ArgumentHelp(
            "Print the role's trust policy with a Deny of new sessions for these users (exchanges web-identity and "
                + "cognito). It replaces the role's trust policy, so name every denied user."))
    var trust = false

    func validate() throws {
        let namesUsers = !user.isEmpty || !identityId.isEmpty
        if before == nil, !namesUsers { throw ValidationError("expected --before, --user or both") }
        if issuer != nil, user.isEmpty { throw ValidationError("--issuer: expected --user as well") }
        if !user.isEmpty, !identityId.isEmpty { throw ValidationError("expected --user or --identity-id, not both") }
        if trust, !namesUsers { throw ValidationError("--trust: expected --user or --identity-id as well") }
        if trust, before != nil { throw ValidationError("--trust: a trust policy has no --before") }
        if let identity = identityId.first(where: { !IdentityPool.isID($0) }) {
            throw ValidationError("--identity-id: found \"\(identity)\"; expected REGION:UUID in lower case")
        }
    }

    func run() async throws {
        try await runCommand { try printPolicy($0) }
    }

    private func printPolicy(_ context: ProcessContext) throws {
        let environment = context.environment()
        let settings = try SettingsFile.read(option.file, variables: environment.variables)
        let root = CompositionRoot(settings, environment, logger: context.logger)
        let app = try root.app(app)
        let time = try time(environment.now())
        guard !user.isEmpty || !identityId.isEmpty else {
            let grants = [app.signedIn?.grant, app.guest].compactMap { $0 }
            let longest = grants.map(\.sessionDuration).max() ?? 0
            return output(DenyPolicy(sessionsBefore: time, sessionDuration: longest), grants)
        }
        guard let signedIn = app.signedIn else {
            throw CommandError(
                description: "--user: the app has no signed-in users, and guests have no names; expected --before "
                    + "without --user"
            )
        }
        let denial = TrustDenialCommand(signedIn, settings, app: app)
        if trust { return try denial.printPolicy(users: user, issuer: issuer, identities: identityId) }
        if !identityId.isEmpty {
            let (pool, partition) = (try denial.pool(), settings.aws.region.partition)
            output(
                DenyPolicy(sessionsOf: identityId, in: pool, partition, before: time, grant: signedIn.grant),
                [signedIn.grant])
        } else {
            guard signedIn.grant.exchange.sendsSessionPolicy else {
                throw CommandError(
                    description:
                        "--user: Cognito's enhanced flow does not name users to AWS; expected --identity-id, --before "
                        + "without --user, or flow basic")
            }
            let users = try user.map { text in
                try SessionUser(text, issuer: issuer, of: signedIn, key: settings.pseudonymKey)
            }
            output(DenyPolicy(sessionsOf: users, before: time, grant: signedIn.grant), [signedIn.grant])
        }
        denial.warn(users: user, issuer: issuer, identities: identityId)
    }

    private func time(_ now: Date) throws -> Date {
        // Policies and times of issue have whole seconds. Round up, to revoke sessions of the current second as well.
        guard let before else { return Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down) + 1) }
        guard let time = try? Date(before, strategy: .iso8601) else {
            throw CommandError(
                description: "--before: found \"\(before)\"; expected a time such as 2026-11-21T08:00:00Z")
        }
        return time
    }

    private func output(_ deny: DenyPolicy, _ grants: [Grant]) {
        let policy = deny.document.json()
        write(policy, to: .standardOutput)
        let roles = grants.map { $0.exchange.roleARN ?? "that the identity pool assigns (\($0.audience.rawValue))" }
        write("for the roles \(roles.joined(separator: ", "))", to: .standardError)
        write(
            "needed until \(deny.neededUntil.formatted(.iso8601)), when the last session has ended", to: .standardError)
        let left = grants.map { deny.remainder(beside: PolicyDocument.permission(of: $0)) }.min() ?? 0
        write(
            "uses \(policy.utf8.count) of the \(DenyPolicy.inlinePolicyQuota) characters of a role's inline policies; "
                + "\(left) remain beside the policy of `purser policy`", to: .standardError)
    }
}

extension SessionUser {
    /// - Parameters:
    ///   - text: a pseudonym, or a subject of the issuer.
    ///   - issuer: may be `nil` if the app has only one.
    init(
        _ text: String, issuer: String?, of signedIn: App.SignedIn, key: PseudonymKey?
    ) throws(CommandError) {
        if Pseudonym.isPlausible(text), issuer == nil {
            self.init(Pseudonym(text))
            return
        }
        let chosenIssuer = try Issuer.chosen(issuer, among: signedIn.issuers)
        let naming = signedIn.grant.attribution.naming
        guard let key = key ?? (naming == .clear ? PseudonymKey.random() : nil) else {
            throw CommandError(
                description: "--user: the file has no pseudonyms.key to compute the pseudonym; expected a pseudonym "
                    + "from the audit trail")
        }
        self.init(chosenIssuer, Subject(text), naming: naming, key: key)
    }
}

extension Issuer {
    /// The issuer with this name, or the only one if there is no name.
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
