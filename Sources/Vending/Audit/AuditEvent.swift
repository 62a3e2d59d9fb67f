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
    /// The bearer token that came along: for its hash.
    package let token: BearerToken?
    /// `nil` for guests and for whoever could not be verified.
    package let holder: AuditSubject?
    /// Of the holder.
    package let issuer: Issuer?
    package let outcome: Outcome
}

/// The port to where events are kept.
package protocol AuditTrail: Sendable {
    /// What all events about these credentials say alike, written once.
    func describe(_ credentials: TemporaryCredentials, _ grant: Grant, _ issuer: Issuer?, _ holder: AuditSubject?)
        -> [UInt8]

    /// - Throws: where the event could not be kept and the configuration requires that it is.
    func record(_ event: AuditEvent) throws(AuditError)
}

package struct AuditError: Error, Sendable {
    /// For the operator.
    package let detail: String

    package init(_ detail: String) {
        self.detail = detail
    }
}
