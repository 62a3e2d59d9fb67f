// SPDX-License-Identifier: Apache-2.0

package import Cryptography
private import StrictJSON
private import Synchronization
package import Vending

/// The rules for one issuer's tokens. An immutable class, because each verification passes it on.
package final class IssuerRules: Sendable {
    package static let defaultLeeway = Duration.seconds(60)
    package static let defaultMaximumLifetime = Duration.seconds(24 * 60 * 60)

    package let issuer: Issuer
    /// At least one; a token must name one of them in `aud` (RFC 7519 §4.1.3).
    package let audiences: [String]
    /// A token must name one of them in `azp`, or in `client_id` if it has no `azp` (RFC 9068 §2.2). Empty: anybody may
    /// have requested the token.
    package let authorizedParties: [String]
    /// The authorized parties that a verdict keeps for the decisions of apps.
    package let keptParties: [String]
    /// `nil` allows every algorithm that the issuer's keys fit.
    package let algorithms: Set<SignatureAlgorithm>?
    /// The tolerated clock skew.
    package let leeway: Duration
    /// From `iat` to `exp`; from now if there is no `iat`.
    package let maximumLifetime: Duration
    /// Further requirements on the claims; a token must meet all of them.
    package let requirements: [ClaimRequirement]
    /// The claims that a verdict keeps for the decisions of apps.
    package let keptClaims: [ClaimPath]
    package let keys: any KeySource
    /// `nil` for issuers without back-channel logout.
    package let logout: LogoutRules?
    /// The durations above in seconds, converted once for all verifications.
    let leewaySeconds: Double
    let maximumLifetimeSeconds: Double
    /// Each audience as a list of one, which the verdicts of usual tokens share.
    let singleAudiences: [[String]]
    private let retired = Atomic(false)

    package init(
        issuer: Issuer, audiences: [String], authorizedParties: [String] = [], keptParties: [String] = [],
        algorithms: Set<SignatureAlgorithm>? = nil,
        leeway: Duration = defaultLeeway, maximumLifetime: Duration = defaultMaximumLifetime,
        requirements: [ClaimRequirement] = [], keptClaims: [ClaimPath] = [], keys: any KeySource,
        logout: LogoutRules? = nil
    ) {
        self.issuer = issuer
        self.audiences = audiences
        self.authorizedParties = authorizedParties
        self.keptParties = keptParties
        singleAudiences = audiences.map { [$0] }
        self.algorithms = algorithms
        self.leeway = leeway
        self.maximumLifetime = maximumLifetime
        self.requirements = requirements
        self.keptClaims = keptClaims
        self.keys = keys
        self.logout = logout
        leewaySeconds = leeway / .seconds(1)
        maximumLifetimeSeconds = maximumLifetime / .seconds(1)
    }

    /// Whether other rules replace these. Verdicts by these rules are void, whenever they were made.
    var isRetired: Bool { retired.load(ordering: .acquiring) }

    func retire() { retired.store(true, ordering: .releasing) }

    /// Whether both admit the same tokens and keep the same of them, apart from their keys.
    package func isSame(as other: IssuerRules) -> Bool {
        issuer == other.issuer && audiences.isExactly(other.audiences)
            && authorizedParties.isExactly(other.authorizedParties) && keptParties.isExactly(other.keptParties)
            && algorithms == other.algorithms && leeway == other.leeway && maximumLifetime == other.maximumLifetime
            && requirements == other.requirements && keptClaims == other.keptClaims
            && (logout == nil) == (other.logout == nil)
            && (logout?.audiences ?? []).isExactly(other.logout?.audiences ?? [])
    }
}

extension [String] {
    /// Compares bytes.
    fileprivate func isExactly(_ other: [String]) -> Bool { elementsEqual(other) { $0.isExactly($1) } }
}
