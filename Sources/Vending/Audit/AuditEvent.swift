// SPDX-License-Identifier: Apache-2.0

/// One event of the audit trail: a vend or a refusal.
package struct AuditEvent: Sendable {
    package enum Outcome: Sendable {
        case vended(Receipt, hit: Bool)
        case refused(VendingError)
    }

    package let requestID: String
    /// `nil` for an app that does not exist.
    package let app: AppName?
    package let audience: Grant.Audience
    /// `nil` if the app has no grant for the audience.
    package let grant: Grant?
    /// The request's bearer token; the event holds its digest only.
    package let token: BearerToken?
    /// `nil` for guests and for users who could not be verified.
    package let subject: AuditSubject?
    /// The subject's issuer.
    package let issuer: Issuer?
    package let outcome: Outcome
}

/// The port to the storage of audit events.
package protocol AuditTrail: Sendable {
    /// The fields that all events about these credentials have in common, encoded once.
    func describe(_ credentials: TemporaryCredentials, _ grant: Grant, _ issuer: Issuer?, _ subject: AuditSubject?)
        -> [UInt8]

    /// - Throws: if the event cannot be recorded and the configuration requires that it is.
    func record(_ event: AuditEvent) throws(AuditError)
}
