import AWS
import AccountSetup
import BrokerConfiguration
import Foundation
import Tokens
import Vending

/// What an app's configuration asks of the account. Made of the very grants that the broker vends.
enum AccountDocuments {
    /// What the configuration does not say.
    struct Given {
        var broker: IdentityARN?
        /// Roles that identity pools choose.
        var roles: [Grant.Audience: RoleARN] = [:]
    }

    static func make(_ app: App, _ settings: Settings, _ given: Given) throws(CommandError) -> AppDocuments {
        guard let written = settings.apps.first(where: { $0.name == app.name }) else {
            throw CommandError(description: "the file has no app \(app.name)")
        }
        let federated = try providers(of: written, settings)
        let own = try settings.minting.map { minting throws(CommandError) in
            try provider(minting.issuer, audiences: [MintingIssuer.audience], settings)
        }
        let trust = { (grant: Grant) throws(CommandError) -> PolicyDocument in
            switch grant.exchange {
            case .webIdentity: return TrustPolicy.federated(federated)
            case .cognito(let pool):
                return TrustPolicy.pooled(grant, pool: pool, partition: settings.aws.region.partition)
            case .minted:
                guard let own else { throw CommandError(description: "exchange minted: expected `minting`") }
                return TrustPolicy.minted(grant, by: own)
            case .assumeRole:
                guard let broker = given.broker else {
                    throw CommandError(
                        description: "\(grant.audience.rawValue): exchange assume-role: expected --broker with the ARN "
                            + "of the role or user that Purser itself runs as")
                }
                return TrustPolicy.assumed(grant, by: broker)
            }
        }
        var documents: [Grant.Audience: GrantDocuments] = [:]
        var grants: [Grant] = []
        for (grant, settings) in [(app.signedIn?.grant, written.signedIn), (app.guest, written.guest)] {
            guard let grant, let settings else { continue }
            guard let role = settings.role ?? given.roles[grant.audience] else {
                throw CommandError(
                    description:
                        "\(grant.audience.rawValue): exchange cognito: expected --\(grant.audience.rawValue)-role "
                        + "with the ARN of the role that the identity pool gives")
            }
            documents[grant.audience] = GrantDocuments(grant, role: role, trust: try trust(grant))
            grants.append(grant)
        }
        let minted = grants.contains { $0.exchange.kind == .minted } ? [own].compactMap { $0 } : []
        let assumed = grants.filter { $0.exchange.kind == .assumeRole }
        return AppDocuments(
            app: app.name, domains: domains(of: written.origins), signedIn: documents[.signedIn],
            guest: documents[.guest], providers: federated.filter { !$0.isBuiltIn } + minted,
            broker: assumed.isEmpty ? nil : TrustPolicy.assuming(assumed))
    }

    private static func provider(
        _ issuer: Issuer, audiences: [String], _ settings: Settings
    ) throws(CommandError) -> OIDCProviderDocument {
        guard
            let provider = OIDCProviderDocument(
                issuer, audiences: audiences, account: settings.aws.account, partition: settings.aws.region.partition)
        else { throw CommandError(description: "issuer \(issuer): IAM takes https issuers only") }
        return provider
    }

    private static func providers(of app: AppSettings, _ settings: Settings) throws(CommandError)
        -> [OIDCProviderDocument]
    {
        guard let kind = app.signedIn?.exchange.kind, [.webIdentity, .cognito].contains(kind) else { return [] }
        var providers: [OIDCProviderDocument] = []
        for issuer in settings.issuers where app.issuers.contains(issuer.issuer) {
            // A pool takes users of a user pool by its client, and not as an OIDC provider of IAM.
            if kind == .cognito, issuer.issuer.rawValue.hasPrefix("https://cognito-idp.") { continue }
            providers.append(try provider(issuer.issuer, audiences: issuer.audiences, settings))
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
