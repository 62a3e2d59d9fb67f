// SPDX-License-Identifier: Apache-2.0

package import FoundationEssentials
private import Synchronization

/// Credentials in the form that the cache keeps and responses return.
package final class VendedCredentials: Sendable, CustomReflectable {
    package let encoded: EncodedCredentials
    package let expiration: Date
    /// When AWS returned them, by AWS's clock, which also sets `expiration`; `nil` if only this machine's time is
    /// known.
    package let received: Date?
    package let receipt: Receipt
    /// Of the token that they were obtained with; `nil` for guests and for issuers without back-channel logout.
    package let session: TokenSession?
    /// The uses that the audit trail has an event of, as a union of `Use`.
    private let recorded = Atomic<UInt8>(0)

    package init(
        encoded: EncodedCredentials, expiration: Date, received: Date? = nil, receipt: Receipt,
        session: TokenSession? = nil
    ) {
        self.encoded = encoded
        self.expiration = expiration
        self.received = received
        self.receipt = receipt
        self.session = session
    }

    /// Copies the fields of the encoded body, for signing.
    package var credentials: TemporaryCredentials {
        TemporaryCredentials(
            accessKeyID: String(decoding: encoded.accessKeyID, as: UTF8.self),
            secretAccessKey: String(decoding: encoded.secretAccessKey, as: UTF8.self),
            sessionToken: String(decoding: encoded.sessionToken, as: UTF8.self), expiration: expiration,
            received: received)
    }

    package var customMirror: Mirror { Mirror(self, children: [:]) }

    /// What the audit trail records of them separately.
    enum Use: UInt8 {
        /// A caller gets them.
        case delivery = 1
        /// Purser signs batches with them.
        case forwarding = 2
    }

    /// Whether the audit trail has an event of this use.
    func isRecorded(_ use: Use) -> Bool { recorded.load(ordering: .acquiring) & use.rawValue != 0 }

    /// The event of this use is stored.
    func setRecorded(_ use: Use) { _ = claimRecord(of: use) }

    /// - Returns: whether the caller must record this use: `true` exactly once.
    func claimRecord(of use: Use) -> Bool {
        recorded.bitwiseOr(use.rawValue, ordering: .acquiringAndReleasing).oldValue & use.rawValue == 0
    }
}

/// What the audit trail records of credentials. It holds no secret.
package struct Receipt: Sendable {
    /// `ROLEID:SESSIONNAME` (AssumedRoleUser `AssumedRoleId`); `nil` if the exchange does not return it.
    package let assumedRoleID: String?
    /// `nil` for guests.
    package let subject: AuditSubject?
    /// The result of `AuditTrail.describe`.
    package let description: [UInt8]

    package init(assumedRoleID: String?, subject: AuditSubject?, description: [UInt8]) {
        self.assumedRoleID = assumedRoleID
        self.subject = subject
        self.description = description
    }
}
