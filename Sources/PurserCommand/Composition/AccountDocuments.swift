// SPDX-License-Identifier: Apache-2.0

import AWS
import AccountSetup
import BrokerConfiguration
import Foundation
import Tokens
import Vending

/// Makes the documents that an app needs in its AWS account, from the same grants that the broker uses.
enum AccountDocuments {
    /// What the configuration does not contain.
    struct Given {
        var broker: IdentityARN?
        /// Roles that identity pools choose.
        var roles: [Grant.Audience: RoleARN] = [:]
        /// Whether the guest monitor is public.
        var publicGuest = false
    }

    static func make(_ app: App, _ settings: Settings, _ given: Given) throws(CommandError) -> AppDocuments {
        guard let appSettings = settings.apps.first(where: { $0.name == app.name }) else {
            throw CommandError(description: "the file has no app \(app.name)")
        }
        let federated = try providers(of: appSettings, settings)
        let mintingProvider = try settings.minting.map { minting throws(CommandError) in
            try provider(minting.issuer, audiences: [MintingIssuer.audience], settings)
        }
        let trust = { (grant: Grant) throws(CommandError) -> PolicyDocument in
            switch grant.exchange {
            case .webIdentity: return TrustPolicy.federated(federated)
            case .cognito(let pool):
                return TrustPolicy.pooled(grant, pool: pool, partition: settings.aws.region.partition)
            case .minted:
                guard let mintingProvider else {
                    throw CommandError(description: "exchange minted: expected `minting`")
                }
                return TrustPolicy.minted(grant, by: mintingProvider)
            case .assumeRole:
                guard let broker = given.broker else {
                    throw CommandError(
                        description: "\(grant.audience.rawValue): exchange assume-role: expected --broker with the ARN "
                            + "of the role or user that Purser runs as")
                }
                return TrustPolicy.assumed(grant, by: broker)
            }
        }
        var documents: [Grant.Audience: GrantDocuments] = [:]
        var grants: [Grant] = []
        for (grant, settings) in [(app.signedIn?.grant, appSettings.signedIn), (app.guest, appSettings.guest)] {
            guard let grant, let settings else { continue }
            guard let role = settings.role ?? given.roles[grant.audience] else {
                throw CommandError(
                    description:
                        "\(grant.audience.rawValue): exchange cognito: expected --\(grant.audience.rawValue)-role "
                        + "with the ARN of the role that the identity pool assigns")
            }
            documents[grant.audience] = GrantDocuments(
                grant, role: role, trust: try trust(grant), isPublic: given.publicGuest)
            grants.append(grant)
        }
        let minted = grants.contains { $0.exchange.kind == .minted } ? [mintingProvider].compactMap { $0 } : []
        let assumed = grants.filter { $0.exchange.kind == .assumeRole }
        return AppDocuments(
            app: app.name, domains: domains(of: appSettings.origins), signedIn: documents[.signedIn],
            guest: documents[.guest], providers: federated.filter { !$0.isBuiltIn } + minted,
            broker: assumed.isEmpty ? nil : TrustPolicy.assuming(assumed))
    }

    /// An issuer as a provider in IAM.
    static func provider(
        _ issuer: Issuer, audiences: [String], _ settings: Settings
    ) throws(CommandError) -> OIDCProviderDocument {
        guard
            let provider = OIDCProviderDocument(
                issuer, audiences: audiences, account: settings.aws.account, partition: settings.aws.region.partition)
        else { throw CommandError(description: "issuer \(issuer): IAM accepts only https issuers") }
        return provider
    }

    private static func providers(of app: AppSettings, _ settings: Settings) throws(CommandError)
        -> [OIDCProviderDocument]
    {
        guard let kind = app.signedIn?.exchange.kind, [.webIdentity, .cognito].contains(kind) else { return [] }
        var providers: [OIDCProviderDocument] = []
        for issuer in settings.issuers where app.issuers.contains(issuer.issuer) {
            // An identity pool refers to a Cognito user pool by its client, not by an OIDC provider of IAM.
            if kind == .cognito, issuer.issuer.rawValue.hasPrefix("https://cognito-idp.") { continue }
            let clients = app.clients(of: issuer)
            // AWS compares a token's `azp`, if it has one, instead of its `aud`.
            let parties = clients.authorizedParties.filter { !clients.audiences.contains($0) }
            providers.append(try provider(issuer.issuer, audiences: clients.audiences + parties, settings))
        }
        return providers
    }

    /// Host names, each once, in the order of the file.
    private static func domains(of origins: [String]) -> [String] {
        var domains: [String] = []
        for host in origins.compactMap({ URLComponents(string: $0)?.host }) where !domains.contains(host) {
            domains.append(host)
        }
        return domains
    }
}
