package import FoundationEssentials

/// The port to whatever tells authentic tokens from the rest.
package protocol TokenVerifier: Sendable {
    /// The identity of a token that was verified before and is still valid at `now`, without I/O or suspension;
    /// `nil` where it is not known, which says nothing about its validity.
    func recall(_ token: BearerToken, at now: Date) -> VerifiedIdentity?

    /// Verifies `token` in full and remembers the verdict if it is good.
    func verify(_ token: BearerToken, at now: Date) async throws(TokenError) -> VerifiedIdentity
}
