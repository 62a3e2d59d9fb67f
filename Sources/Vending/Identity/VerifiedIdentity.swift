package import FoundationEssentials

/// What an authentic, current token says about its holder.
package struct VerifiedIdentity: Sendable {
    /// Bytes of claim values that are kept with an identity at most.
    package static let claimsLimit = 1_024

    package let issuer: Issuer
    package let subject: Subject
    /// `exp` of the token (RFC 7519 §4.1.4); the identity is not to be used from then on, leeway aside.
    package let expiration: Date
    /// The claims that some app asks for, where the token has them; no others.
    package let claims: [ClaimPath: ClaimValue]

    package init(issuer: Issuer, subject: Subject, expiration: Date, claims: [ClaimPath: ClaimValue] = [:]) {
        self.issuer = issuer
        self.subject = subject
        self.expiration = expiration
        self.claims = claims
    }
}
