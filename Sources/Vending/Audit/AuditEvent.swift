/// A vend or a refusal, for the record.
package struct AuditEvent: Sendable {
    package enum Outcome: Sendable {
        case vended(Receipt, hit: Bool)
        case refused(VendingError)
    }

    package let requestID: String
    /// `nil` for an app that does not exist.
    package let app: AppName?
    package let audience: Grant.Audience
    /// `nil` where the app has none for the audience.
    package let grant: Grant?
    /// The request's bearer token, for its digest.
    package let token: BearerToken?
    /// `nil` for guests and for users who could not be verified.
    package let subject: AuditSubject?
    /// Of the subject.
    package let issuer: Issuer?
    package let outcome: Outcome
}

/// The port to where events are kept.
package protocol AuditTrail: Sendable {
    /// What all events about these credentials say alike, written once.
    func describe(_ credentials: TemporaryCredentials, _ grant: Grant, _ issuer: Issuer?, _ subject: AuditSubject?)
        -> [UInt8]

    /// - Throws: where the event could not be kept and the configuration requires that it is.
    func record(_ event: AuditEvent) throws(AuditError)
}
