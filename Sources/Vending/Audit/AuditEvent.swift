// SPDX-License-Identifier: Apache-2.0

package import FoundationEssentials

/// One event of the audit trail: a vend or a refusal.
package struct AuditEvent: Sendable {
    package enum Outcome: Sendable {
        /// - Parameter hit: whether the trail has an earlier event about this session.
        case vended(Receipt, hit: Bool)
        case refused(VendingError)
    }

    package let requestID: String
    /// `nil` if the client's address is unknown.
    package let client: ClientAddress?
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

/// What the audit trail records of credentials. It holds no secret.
package struct Receipt: Sendable {
    package let accessKeyID: String
    package let expiration: Date
    /// AWS's request id of the call that returned them.
    package let requestID: String?
    /// The key of the session that they were made from; `nil` if they are a session's own.
    package let parentAccessKeyID: String?

    package init(accessKeyID: String, expiration: Date, requestID: String?, parentAccessKeyID: String? = nil) {
        self.accessKeyID = accessKeyID
        self.expiration = expiration
        self.requestID = requestID
        self.parentAccessKeyID = parentAccessKeyID
    }

    init(_ vended: VendedCredentials) {
        self.init(
            accessKeyID: String(decoding: vended.encoded.accessKeyID, as: UTF8.self), expiration: vended.expiration,
            requestID: vended.encoded.requestID, parentAccessKeyID: vended.encoded.parentAccessKeyID)
    }
}

/// The port to the storage of audit events.
package protocol AuditTrail: Sendable {
    /// Whether credentials may be returned only after their event is stored.
    var isRequired: Bool { get }
    /// Whether the trail has an event for each vend, not only for the first one of each session.
    var recordsHits: Bool { get }

    /// Stores the event of a vend, and returns when it is stored.
    /// - Throws: if the event cannot be stored, or not in time. In the latter case it may still be stored later.
    func record(_ event: AuditEvent) async throws(AuditError)

    /// Stores the event of a vend soon. Never waits; an event may be lost.
    func enqueue(_ event: AuditEvent)

    /// Stores the event of a refusal soon, or counts it if refusals arrive too fast. Never waits; an event may be lost.
    func recordRefusal(_ event: AuditEvent)
}
