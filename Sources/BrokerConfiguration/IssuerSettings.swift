// SPDX-License-Identifier: Apache-2.0

package import Cryptography
import FoundationEssentials
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
    /// The clients whose tokens are valid (`azp`, or `client_id`). Empty: every client's.
    package let authorizedParties: [String]
    package let keys: Keys
    package let algorithms: [SignatureAlgorithm]?
    package let leeway: Duration
    package let maximumLifetime: Duration
    package let requirements: [ClaimRequirement]
    /// Maximum age of fetched keys. Purser drops older ones.
    package let maximumStaleness: Duration
    /// The time after which tokens with unknown keys may cause one more fetch.
    package let refetchCoolDown: Duration
    /// The number of fetches that tokens with unknown keys may cause at once.
    package let refetchBurst: Int
    /// `nil` if the issuer sends no logout tokens.
    package let logout: IssuerLogoutSettings?
    /// Whether the file has `maximum-lifetime`.
    package let limitsLifetime: Bool
}

extension IssuerSettings {
    /// Whether both get their keys in the same way, so that one source serves both.
    package func hasSameKeys(as other: IssuerSettings) -> Bool {
        switch (keys, other.keys) {
        case (.file(let file), .file(let other)): file.url.path == other.url.path
        case (.remote(let place), .remote(let otherPlace)):
            place == otherPlace && maximumStaleness == other.maximumStaleness
                && refetchCoolDown == other.refetchCoolDown && refetchBurst == other.refetchBurst
        default: false
        }
    }
}
