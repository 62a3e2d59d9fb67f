// SPDX-License-Identifier: Apache-2.0

package import FoundationEssentials

/// The port to the verification of tokens.
package protocol TokenVerifier: Sendable {
    /// The cached identity of a token that was verified before and is still valid at `now`, without I/O or suspension.
    /// `nil` if there is none: the token may be valid or not.
    func recall(_ token: BearerToken, at now: Date) -> VerifiedIdentity?

    /// Verifies `token` in full with the keys at hand, without I/O or suspension, and caches the identity if the token is
    /// valid. `nil` if newer keys could change the result, so that only `verify` can tell.
    func verifyAtOnce(_ token: BearerToken, at now: Date) throws(TokenError) -> VerifiedIdentity?

    /// Verifies `token` in full and caches the identity if the token is valid.
    func verify(_ token: BearerToken, at now: Date) async throws(TokenError) -> VerifiedIdentity
}
