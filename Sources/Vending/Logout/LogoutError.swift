// SPDX-License-Identifier: Apache-2.0

/// Why a logout has no effect, or is not stored. The issuer sees one uniform response; the reason is for the operator.
package enum LogoutError: Error, Sendable {
    /// The rules of the specification that no other token has (OpenID Connect Back-Channel Logout 1.0 §2.6), and what
    /// Purser's memory requires.
    package enum Reason: String, CaseIterable, Sendable {
        case eventMissing = "logout_event_missing"
        case noncePresent = "logout_nonce"
        case holderMissing = "logout_sub_and_sid_missing"
        case identifierMissing = "logout_jti_missing"
        case tooOld = "logout_too_old"
        case replayed = "logout_replayed"
        /// The list has no room. The logout has no effect.
        case full = "logouts_full"
        /// The file can't be written. The logout takes effect until a restart.
        case notStored = "logout_not_stored"
    }

    case tokenRefused(TokenError)
    case invalid(Reason, String)
    case rateLimited(RateLimitError)
}
