package import FoundationEssentials
private import Synchronization

/// Credentials as the cache keeps and responses return them.
package final class VendedCredentials: Sendable {
    package let encoded: EncodedCredentials
    package let expiration: Date
    /// When AWS returned them, by the clock that `expiration` was set by; `nil` where only this machine's is known.
    package let received: Date?
    package let receipt: Receipt
    /// Whether the audit trail has an event about batches that are signed with them.
    private let forwards = Atomic(false)

    package init(encoded: EncodedCredentials, expiration: Date, received: Date? = nil, receipt: Receipt) {
        self.encoded = encoded
        self.expiration = expiration
        self.received = received
        self.receipt = receipt
    }

    /// For signing. Copies the fields of the encoded body.
    package var credentials: TemporaryCredentials {
        TemporaryCredentials(
            accessKeyID: String(decoding: encoded.accessKeyID, as: UTF8.self),
            secretAccessKey: String(decoding: encoded.secretAccessKey, as: UTF8.self),
            sessionToken: String(decoding: encoded.sessionToken, as: UTF8.self), expiration: expiration,
            received: received)
    }

    /// Whether this is the first batch that is signed with them; the audit trail records only that one.
    func beginsForwarding() -> Bool { !forwards.exchange(true, ordering: .relaxed) }

    /// The event could not be recorded: the next batch is the first one again.
    func forwardingNotRecorded() { forwards.store(false, ordering: .relaxed) }
}

/// What the audit trail records of credentials. Nothing secret.
package struct Receipt: Sendable {
    /// `ROLEID:SESSIONNAME` (AssumedRoleUser `AssumedRoleId`); `nil` where the exchange does not return it.
    package let assumedRoleID: String?
    /// `nil` for guests.
    package let subject: AuditSubject?
    /// By `AuditTrail.describe`.
    package let description: [UInt8]

    package init(assumedRoleID: String?, subject: AuditSubject?, description: [UInt8]) {
        self.assumedRoleID = assumedRoleID
        self.subject = subject
        self.description = description
    }
}
