package import Vending

/// Who may take a role, by the ways that Purser exchanges.
package enum TrustPolicy {
    /// Users of these providers, with tokens for one of the audiences (AssumeRoleWithWebIdentity).
    package static func federated(_ providers: [OIDCProvider]) -> PolicyDocument {
        PolicyDocument(
            providers.map { provider in
                PolicyDocument.Statement(
                    sid: nil, effect: .allow, principal: .federated(provider.principal),
                    action: "sts:AssumeRoleWithWebIdentity", resource: nil,
                    condition: ["StringEquals": ["\(provider.name):aud": OneOrMore(provider.audiences)]])
            })
    }

    /// Purser itself, by its own identity in AWS (AssumeRole).
    package static func assumed(by broker: IdentityARN) -> PolicyDocument {
        PolicyDocument(
            .init(
                sid: nil, effect: .allow, principal: .aws(broker.text), action: "sts:AssumeRole", resource: nil,
                condition: nil))
    }

    /// What Purser's own identity must be allowed for that.
    package static func assuming(_ roles: [RoleARN]) -> PolicyDocument {
        PolicyDocument(
            .init(
                sid: "AssumeGrantedRoles", effect: .allow, principal: nil, action: "sts:AssumeRole",
                resource: OneOrMore(roles.map(\.text)), condition: nil))
    }
}

/// An identity provider as IAM knows it (CreateOpenIDConnectProvider).
package struct OIDCProvider: Hashable, Sendable {
    /// The issuer, exactly, a trailing slash included.
    package let url: String
    /// The issuer without its scheme: what condition keys begin with.
    package let name: String
    /// What a trust policy names.
    package let principal: String
    /// AWS has it already, for every account; none is to be made.
    package let isBuiltIn: Bool
    package let audiences: [String]

    private static let google = Issuer("https://accounts.google.com")

    /// `nil` for an issuer that IAM does not take: only https.
    package init?(_ issuer: Issuer, audiences: [String], account: String, partition: Partition) {
        let scheme = "https://"
        guard issuer.rawValue.hasPrefix(scheme) else { return nil }
        url = issuer.rawValue
        name = String(issuer.rawValue.dropFirst(scheme.count))
        isBuiltIn = issuer == Self.google
        principal = isBuiltIn ? name : "arn:\(partition.rawValue):iam::\(account):oidc-provider/\(name)"
        self.audiences = audiences
    }
}
