package import AWS
package import Vending

/// An identity provider as IAM knows it (CreateOpenIDConnectProvider).
package struct OIDCProviderDocument: Hashable, Sendable {
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
