/// Why a request got no credentials. The case decides the public answer; what it carries is for the operator.
package enum VendingError: Error, Sendable {
    case appUnknown
    /// The app has no grant for this audience.
    case audienceNotServed
    case tokenMissing
    case tokenRefused(TokenError)
    /// A verified user who is not one of this app's.
    case notAuthorized(String)
    /// A user of this app who is on the deny list.
    case denied
    /// It is not the monitor of the app's audience that asks.
    case monitorNotServed
    /// A batch that says it is somebody else's, or can't be read.
    case userDetailsRefused(String)
    /// A user who may, and asks for a session that he can't have.
    case sessionRefused(RequestedSessionError)
    case exchangeFailed(ExchangeError)
    /// The event could not be recorded, and the configuration requires that it is.
    case auditFailed(AuditError)
    /// Too many exchanges are under way.
    case overloaded
}
