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
    /// `nil` for issuers without back-channel logout.
    package let session: TokenSession?
    /// Hash of the issuer and the subject; differs from process to process.
    package let userHash: Int

    package init(
        issuer: Issuer, subject: Subject, expiration: Date, audiences: [String] = [], authorizedParty: String? = nil,
        claims: [ClaimPath: ClaimValue] = [:], session: TokenSession? = nil
    ) {
        self.issuer = issuer
        self.subject = subject
        self.expiration = expiration
        self.audiences = audiences
        self.authorizedParty = authorizedParty
        self.claims = claims
        self.session = session
        var hasher = Hasher()
        hasher.combine(issuer)
        hasher.combine(subject)
        userHash = hasher.finalize()
    }

    /// Whether both identify the same user, whatever tokens proved it.
    package func isSameUser(as other: VerifiedIdentity) -> Bool {
        self === other || userHash == other.userHash && subject == other.subject && issuer == other.issuer
    }
}
