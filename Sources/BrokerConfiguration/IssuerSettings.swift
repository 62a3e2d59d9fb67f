// SPDX-License-Identifier: Apache-2.0

package import Cryptography
package import Tokens
package import Vending

/// One entry of `issuers`: an issuer whose tokens Purser accepts, and the rules for them.
package struct IssuerSettings: Sendable {
    package enum Keys: Sendable {
        case file(KeyFile)
        case remote(KeyPlace)
    }

    package let issuer: Issuer
    package let audiences: [String]
    package let keys: Keys
    package let algorithms: [SignatureAlgorithm]?
    package let leeway: Duration
    package let maximumLifetime: Duration
    package let requirements: [ClaimRequirement]
    /// Maximum age of fetched keys. Purser drops older ones.
    package let maximumStaleness: Duration
    /// Minimum time between two fetches that tokens with unknown keys cause.
    package let refetchCoolDown: Duration
    /// `nil` if the issuer sends no logout tokens.
    package let logout: IssuerLogoutSettings?
    /// Whether the file has `maximum-lifetime`.
    package let limitsLifetime: Bool
}
