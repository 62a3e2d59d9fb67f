// SPDX-License-Identifier: Apache-2.0

/// Why a request got no credentials. The case determines the public response; the associated value is for the operator.
package enum VendingError: Error, Sendable {
    case appUnknown
    /// The app has no grant for this audience.
    case audienceNotServed
    /// The grant is for the signing proxy only, or for credentials only.
    case deliveryNotServed
    case tokenMissing
    case tokenRefused(TokenError)
    /// The user is verified, but is not a user of this app.
    case notAuthorized(String)
    /// A user of this app is on the deny list.
    case denied
    /// The request names another monitor than that of the app's audience.
    case monitorNotServed
    /// The batch names another user, or cannot be decoded.
    case userDetailsRefused(String)
    /// An authorized user requests a session that their grant does not cover.
    case sessionRefused(RequestedSessionError)
    case exchangeFailed(ExchangeError)
    /// The audit event cannot be recorded, and the configuration requires that it is.
    case auditFailed(AuditError)
    /// Too many exchanges are in flight.
    case overloaded
    case rateLimited(RateLimitError)
}
