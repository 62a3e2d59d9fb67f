// SPDX-License-Identifier: Apache-2.0

package import Tokens

/// An OIDC provider registered in the account's IAM (CreateOpenIDConnectProvider), with the keys that AWS would fetch.
package struct TrustedOIDCProvider: Sendable {
    let issuer: String
    /// The registered client ids, at least one.
    let audiences: [String]
    let keys: KeySet

    package init(issuer: String, audiences: [String], keys: KeySet) {
        self.issuer = issuer
        self.audiences = audiences
        self.keys = keys
    }

    /// IAM's name for the provider: the issuer without its scheme.
    var name: String {
        String(issuer.trimmingPrefix("https://").trimmingPrefix("http://"))
    }
}
