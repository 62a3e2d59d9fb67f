// SPDX-License-Identifier: Apache-2.0

import AWS
import AccountSetup
import BrokerConfiguration
import Foundation
import Vending

/// `purser policy deny --trust`, and the hint at it: users whose own token gets sessions without Purser.
struct TrustDenialCommand {
    private let signedIn: App.SignedIn
    private let settings: Settings
    private let app: App

    init(_ signedIn: App.SignedIn, _ settings: Settings, app: App) {
        (self.signedIn, self.settings, self.app) = (signedIn, settings, app)
    }

    func pool() throws(CommandError) -> IdentityPool {
        guard case .cognito(let pool) = signedIn.grant.exchange else {
            throw CommandError(
                description: "--identity-id: exchange \(signedIn.grant.exchange.kind.rawValue) has no identity pool; "
                    + "expected --user")
        }
        return pool
    }

    /// Prints the whole trust policy, because UpdateAssumeRolePolicy replaces it.
    func printPolicy(users: [String], issuer: String?, identities: [String]) throws(CommandError) {
        let statement = try statement(users: users, issuer: issuer, identities: identities)
        var given = AccountDocuments.Given()
        // Only the trust policy is printed, so any role and any broker will do for the other documents.
        let role = signedIn.grant.exchange.roleARN ?? Self.anyRole(settings)
        given.roles = [.signedIn: try Self.role(role), .guest: try Self.role(Self.anyRole(settings))]
        given.broker = IdentityARN(Self.anyRole(settings))
        let documents = try AccountDocuments.make(app, settings, given)
        guard let trust = documents.signedIn?.trust else { return }
        let policy = trust.adding(statement).json()
        write(policy, to: .standardOutput)
        write(
            "the trust policy of the role \(roleName): it denies new sessions at once (UpdateAssumeRolePolicy), and "
                + "those already issued go on until they expire or the policy without --trust is in effect",
            to: .standardError)
        write(
            "needed until the identity provider issues no more tokens for these users and the last one has expired",
            to: .standardError)
        write(
            "uses \(policy.utf8.count) of the \(TrustDenial.trustPolicyQuota) characters of a trust policy",
            to: .standardError)
        if !identities.isEmpty { write(Self.identityHint, to: .standardError) }
    }

    /// Says what the policy for sessions does not stop, and how to.
    func warn(users: [String], issuer: String?, identities: [String]) {
        let kind = signedIn.grant.exchange.kind
        guard kind == .webIdentity || kind == .cognito else { return }
        let place = kind == .webIdentity ? "STS" : "Cognito"
        write(
            "exchange \(kind.rawValue): the users' own tokens can still get new sessions from \(place) without Purser",
            to: .standardError)
        do throws(CommandError) {
            let statement = try statement(users: users, issuer: issuer, identities: identities)
            write(
                "add to the trust policy of the role \(roleName) (or print it whole with --trust): "
                    + PolicyDocument.text(of: statement), to: .standardError)
        } catch {
            write("for a statement that denies them: \(error)", to: .standardError)
        }
        if kind == .webIdentity {
            write(
                "sessions that users got from STS themselves have names of their choice; only --before without --user "
                    + "revokes these", to: .standardError)
        } else if !identities.isEmpty {
            write(Self.identityHint, to: .standardError)
        }
    }

    private var roleName: String { signedIn.grant.exchange.roleARN ?? "that the identity pool assigns (signed-in)" }

    private func statement(
        users: [String], issuer: String?, identities: [String]
    ) throws(CommandError) -> PolicyDocument.Statement {
        switch signedIn.grant.exchange {
        case .webIdentity:
            if !identities.isEmpty { _ = try pool() }
            if let pseudonym = users.first(where: Pseudonym.isPlausible), issuer == nil {
                throw CommandError(
                    description: "--user: found the pseudonym \(pseudonym.prefix(20))…; expected the subject, which is "
                        + "what STS sees (`purser whois` finds it)")
            }
            let chosen = try Issuer.chosen(issuer, among: signedIn.issuers)
            let audiences = settings.issuers.first { $0.issuer == chosen }?.audiences ?? []
            let provider = try AccountDocuments.provider(chosen, audiences: audiences, settings)
            return TrustDenial.statement(subjects: users, of: provider)
        case .cognito(let pool):
            guard !identities.isEmpty else {
                throw CommandError(
                    description: "Cognito tells AWS the identity in the pool, not the user; expected --identity-id "
                        + "(docs/revocation.md says where to find it)")
            }
            return TrustDenial.statement(identities: identities, in: pool, settings.aws.region.partition)
        case .assumeRole, .minted:
            _ = identities.isEmpty ? nil : try pool()
            throw CommandError(
                description: "--trust: exchange \(signedIn.grant.exchange.kind.rawValue): users hold nothing that the "
                    + "role trusts, so the deny list (`denied`) stops new sessions")
        }
    }

    private static let identityHint =
        "a pool gives a user another identity when theirs is deleted; also disable the user at the identity provider"

    private static func anyRole(_ settings: Settings) -> String {
        "arn:\(settings.aws.region.partition.rawValue):iam::\(settings.aws.account):role/any"
    }

    private static func role(_ text: String) throws(CommandError) -> RoleARN {
        guard let role = try? RoleARN(text) else { throw CommandError(description: "\(text) is no role") }
        return role
    }
}
