package import Cryptography
import StrictJSON
package import Vending

/// What one issuer's tokens must be like. An object, since each verification hands it on and none changes it.
package final class IssuerRules: Sendable {
    package static let defaultLeeway = Duration.seconds(60)
    package static let defaultMaximumLifetime = Duration.seconds(24 * 60 * 60)

    package let issuer: Issuer
    /// At least one; a token must be for one of them (RFC 7519 §4.1.3).
    package let audiences: [String]
    /// `nil`: whatever the issuer's keys fit.
    package let algorithms: Set<SignatureAlgorithm>?
    /// How far clocks may be apart.
    package let leeway: Duration
    /// From `iat`, or from now where there is none, to `exp`.
    package let maximumLifetime: Duration
    /// What its tokens must say besides, all of it.
    package let requirements: [ClaimRequirement]
    /// The claims that are kept with a verdict, for apps to decide by.
    package let keptClaims: [ClaimPath]
    package let keys: any KeySource
    /// The durations in seconds, as each verification needs them.
    let leewaySeconds: Double
    let maximumLifetimeSeconds: Double

    package init(
        issuer: Issuer, audiences: [String], algorithms: Set<SignatureAlgorithm>? = nil,
        leeway: Duration = defaultLeeway, maximumLifetime: Duration = defaultMaximumLifetime,
        requirements: [ClaimRequirement] = [], keptClaims: [ClaimPath] = [], keys: any KeySource
    ) {
        self.issuer = issuer
        self.audiences = audiences
        self.algorithms = algorithms
        self.leeway = leeway
        self.maximumLifetime = maximumLifetime
        self.requirements = requirements
        self.keptClaims = keptClaims
        self.keys = keys
        leewaySeconds = leeway / .seconds(1)
        maximumLifetimeSeconds = maximumLifetime / .seconds(1)
    }

    func accepts(audience: String) -> Bool {
        audiences.contains { $0.isExactly(audience) }
    }
}
