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
    /// The uses that the audit trail has an event of, as a union of `Use`.
    private let recorded = Atomic<UInt8>(0)

    /// Counts their use; `nil` for those that are not counted.
    let usage: CacheUsage?

    package init(
        encoded: EncodedCredentials, expiration: Date, received: Date? = nil, usage: CacheUsage? = nil
    ) {
        self.usage = usage
        usage?.hold(bytes: encoded.bodyCount)
        self.encoded = encoded
        self.expiration = expiration
        self.received = received
    }

    deinit { usage?.release(bytes: encoded.bodyCount) }

    /// Copies the fields of the encoded body, for signing and for the audit trail.
    package var credentials: TemporaryCredentials {
        TemporaryCredentials(
            accessKeyID: String(decoding: encoded.accessKeyID, as: UTF8.self),
            secretAccessKey: String(decoding: encoded.secretAccessKey, as: UTF8.self),
            sessionToken: String(decoding: encoded.sessionToken, as: UTF8.self), expiration: expiration,
            received: received, assumedRoleID: encoded.assumedRoleID, requestID: encoded.requestID,
            parentAccessKeyID: encoded.parentAccessKeyID)
    }

    /// Bytes of the encoded body.
    package var bodyCount: Int { encoded.bodyCount }

    /// The encoded body in two parts, one after the other, without a copy of what describes them.
    package func withBody(_ read: (_ begin: UnsafeRawBufferPointer, _ end: UnsafeRawBufferPointer) -> Void) {
        unsafe encoded.withBody(read)
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
