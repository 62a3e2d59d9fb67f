import AWS
import Foundation
import Vending

/// What an app's configuration asks of the account. Made of the very grants that the broker vends.
enum AccountDocuments {
    /// What is missing to write them, in words.
    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    static func make(_ app: App, _ settings: Settings, broker: IdentityARN?) throws(Problem) -> AppDocuments {
        guard let written = settings.apps.first(where: { $0.name == app.name }) else {
            throw Problem(description: "the file has no app \(app.name)")
        }
        let providers = try providers(of: written, settings)
        let trust = { (grant: Grant) throws(Problem) -> PolicyDocument in
            switch grant.exchange {
            case .webIdentity: return TrustPolicy.federated(providers)
            case .assumeRole:
                guard let broker else {
                    throw Problem(
                        description: "\(grant.audience.rawValue): exchange assume-role: expected --broker with the ARN "
                            + "of the role or user that Purser itself runs as")
                }
                return TrustPolicy.assumed(by: broker)
            }
        }
        var grants: [Grant.Audience: GrantDocuments] = [:]
        var assumed: [RoleARN] = []
        for (grant, settings) in [(app.signedIn?.grant, written.signedIn), (app.guest, written.guest)] {
            guard let grant, let settings else { continue }
            grants[grant.audience] = GrantDocuments(grant, role: settings.role, trust: try trust(grant))
            if grant.exchange == .assumeRole { assumed.append(settings.role) }
        }
        return AppDocuments(
            app: app.name, domains: domains(of: written.origins), signedIn: grants[.signedIn], guest: grants[.guest],
            providers: providers.filter { !$0.isBuiltIn }, broker: assumed.isEmpty ? nil : TrustPolicy.assuming(assumed)
        )
    }

    private static func providers(of app: Settings.App, _ settings: Settings) throws(Problem) -> [OIDCProvider] {
        guard app.signedIn?.exchange == .webIdentity else { return [] }
        var providers: [OIDCProvider] = []
        for issuer in settings.issuers where app.issuers.contains(issuer.issuer) {
            guard
                let provider = OIDCProvider(
                    issuer.issuer, audiences: issuer.audiences, account: settings.aws.account,
                    partition: settings.aws.region.partition)
            else { throw Problem(description: "issuer \(issuer.issuer): IAM takes https issuers only") }
            providers.append(provider)
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
