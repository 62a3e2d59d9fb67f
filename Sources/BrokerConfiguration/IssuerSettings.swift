package import Cryptography
package import Tokens
package import Vending

/// One entry of `issuers`: whose tokens are accepted, and by which rules.
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
    /// Of keys that are fetched.
    package let maximumStaleness: Duration
    /// Between two fetches that tokens with unknown keys cause.
    package let refetchCoolDown: Duration
}
