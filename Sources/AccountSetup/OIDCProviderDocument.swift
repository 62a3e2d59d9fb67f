// SPDX-License-Identifier: Apache-2.0

package import AWS
package import Vending

/// An identity provider in IAM (CreateOpenIDConnectProvider).
package struct OIDCProviderDocument: Hashable, Sendable {
    /// The issuer, byte for byte, including a trailing slash.
    package let url: String
    /// The issuer without its scheme. Condition keys begin with it.
    package let name: String
    /// The federated principal that a trust policy names.
    package let principal: String
    /// Whether AWS provides it in every account, so that the administrator creates none.
    package let isBuiltIn: Bool
    package let audiences: [String]

    private static let google = Issuer("https://accounts.google.com")

    /// `nil` for an issuer that IAM does not accept: the scheme must be https.
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
