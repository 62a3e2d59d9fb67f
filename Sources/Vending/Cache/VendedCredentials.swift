package import FoundationEssentials
private import Synchronization

/// Credentials as they are handed out: encoded once, when they came.
package final class VendedCredentials: Sendable {
    /// The body of the answer, ready to send.
    package let answer: [UInt8]
    package let expiration: Date
    /// When they came, by the clock that `expiration` was set by; `nil` where this machine's is all that is known.
    package let received: Date?
    package let receipt: Receipt
    /// Whether the record tells that batches are signed with them.
    private let forwards = Atomic(false)

    package init(answer: [UInt8], expiration: Date, received: Date? = nil, receipt: Receipt) {
        self.answer = answer
        self.expiration = expiration
        self.received = received
        self.receipt = receipt
    }

    /// Whether this is the first batch that is to be signed with them, which the record tells of.
    func beginsForwarding() -> Bool { !forwards.exchange(true, ordering: .relaxed) }

    /// It could not be recorded: the next batch is the first one again.
    func forwardingNotRecorded() { forwards.store(false, ordering: .relaxed) }
}

/// What the audit trail says of credentials. Nothing secret.
package struct Receipt: Sendable {
    package let accessKeyID: String
    /// `ROLEID:SESSIONNAME` (AssumedRoleUser `AssumedRoleId`); `nil` where the exchange does not tell.
    package let assumedRoleID: String?
    /// `nil` for guests.
    package let holder: AuditSubject?
    /// By `AuditTrail.describe`.
    package let description: [UInt8]

    package init(_ credentials: TemporaryCredentials, holder: AuditSubject?, description: [UInt8]) {
        accessKeyID = credentials.accessKeyID
        assumedRoleID = credentials.assumedRoleID
        self.holder = holder
        self.description = description
    }
}
