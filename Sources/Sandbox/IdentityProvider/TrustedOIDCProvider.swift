package import Tokens

/// An OpenID provider that the account's IAM knows (CreateOpenIDConnectProvider), with the keys that AWS would fetch.
package struct TrustedOIDCProvider: Sendable {
    let issuer: String
    /// At least one: its client ids.
    let audiences: [String]
    let keys: KeySet

    package init(issuer: String, audiences: [String], keys: KeySet) {
        self.issuer = issuer
        self.audiences = audiences
        self.keys = keys
    }

    /// IAM names a provider by its address without the scheme.
    var name: String {
        String(issuer.trimmingPrefix("https://").trimmingPrefix("http://"))
    }
}
