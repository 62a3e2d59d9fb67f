// SPDX-License-Identifier: Apache-2.0

package import FoundationEssentials

/// The identity that an authentic, unexpired token proves. An object, so that requests share it with the remembered
/// verdict.
package final class VerifiedIdentity: Sendable {
    /// Maximum size of the claim values that are kept with an identity, in bytes.
    package static let claimsLimit = 1_024

    package let issuer: Issuer
    package let subject: Subject
    /// `exp` of the token (RFC 7519 §4.1.4); the identity must not be used from then on, apart from the leeway.
    package let expiration: Date
    /// The audiences that the token and the issuer's rules have in common, as the rules spell them.
    package let audiences: [String]
    /// `azp` of the token, or `client_id` if it has no `azp`, if the rules of the issuer or of an app list it.
    package let authorizedParty: String?
    /// Only the claims that an app's configuration refers to, if the token has them.
    package let claims: [ClaimPath: ClaimValue]

    package init(
        issuer: Issuer, subject: Subject, expiration: Date, audiences: [String] = [], authorizedParty: String? = nil,
        claims: [ClaimPath: ClaimValue] = [:]
    ) {
        self.issuer = issuer
        self.subject = subject
        self.expiration = expiration
        self.audiences = audiences
        self.authorizedParty = authorizedParty
        self.claims = claims
    }
}
