package import FoundationEssentials

/// What an authentic, current token says about its holder.
package struct VerifiedIdentity: Sendable {
    package let issuer: Issuer
    package let subject: Subject
    /// `exp` of the token (RFC 7519 §4.1.4); the identity is not to be used from then on, leeway aside.
    package let expiration: Date

    package init(issuer: Issuer, subject: Subject, expiration: Date) {
        self.issuer = issuer
        self.subject = subject
        self.expiration = expiration
    }
}
