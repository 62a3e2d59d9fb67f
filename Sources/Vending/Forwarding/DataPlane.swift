// SPDX-License-Identifier: Apache-2.0

/// The port to CloudWatch RUM's data plane. It takes a monitor and a batch but no address and no method, so that
/// nothing else can be signed through it.
package protocol DataPlane: Sendable {
    /// Calls PutRumEvents at most once: a batch that may have arrived is not sent again.
    /// - Parameters:
    ///   - share: on whose behalf the call is made.
    ///   - check: called at most once, with the batch, when the rate limiter admits the call: the limit applies to the
    ///     work of the check too. If it throws, the batch is not sent, and the error is `batchRefused` with its detail.
    func put(
        _ batch: Batch, to monitor: AppMonitor, for share: CallShare, with credentials: TemporaryCredentials,
        checking check: (Batch) async throws(BatchError) -> Void
    ) async throws(DeliveryError) -> Delivery
}

/// The data plane accepted the batch.
package struct Delivery: Sendable {
    package let body: [UInt8]
    package let requestID: String?

    package init(body: [UInt8], requestID: String?) {
        self.body = body
        self.requestID = requestID
    }
}

package struct Forwarded: Sendable {
    package let delivery: Delivery
    /// A cache hit for the credentials.
    package let hit: Bool
}

/// Why a batch was not delivered. `kind` determines the caller's response; `detail` is for the operator's log.
package struct DeliveryError: Error, Sendable {
    package enum Kind: Hashable, Sendable {
        /// AWS refused the request. A retry does not help.
        case refused
        /// AWS rejects the credentials. A retry with other credentials helps.
        case credentialsRejected
        /// AWS throttled the request.
        case throttled
        /// The rate limiter rejected the call: its queue is too long. Nothing was sent.
        case rateLimited
        /// The batch failed its check. Nothing was sent.
        case batchRefused
        /// All connections to the data plane were in use. Nothing was sent.
        case noConnection
        /// AWS returned an error with this HTTP status.
        case failed(status: Int)
        /// No connection, a broken connection, or an open circuit breaker.
        case unavailable
        /// No response within the deadline. The batch may have arrived.
        case timedOut
    }

    package let kind: Kind
    /// AWS's error code and request id, or the cause. Holds nothing of the batch.
    package let detail: String
    /// When a retry makes sense, in seconds, if AWS or the rate limiter states it.
    package let retryAfter: Int?

    package init(_ kind: Kind, _ detail: String, retryAfter: Int? = nil) {
        self.kind = kind
        self.detail = detail
        self.retryAfter = retryAfter
    }
}

/// Why a batch was not forwarded.
package enum ForwardingError: Error, Sendable {
    /// Refused before the call to the data plane.
    case refused(VendingError)
    case undelivered(DeliveryError)
}

/// The outcome of a batch, as the metrics count it.
package enum ForwardingOutcome: String, CaseIterable, Sendable {
    case forwarded
    /// Refused by Purser, because of the token, the user, the monitor or the content of the batch.
    case unauthorized
    /// Credentials are unavailable.
    case notVended = "not_vended"
    /// Refused by AWS.
    case refused
    case throttled
    case rateLimited = "turned_away"
    case failed
    case timedOut = "timed_out"
    /// All connections to the data plane were in use.
    case noConnection = "no_connection"

    init(_ error: ForwardingError) {
        self =
            switch error {
            case .refused(.exchangeFailed), .refused(.overloaded), .refused(.auditFailed): .notVended
            case .refused: .unauthorized
            case .undelivered(let failure):
                switch failure.kind {
                case .refused, .credentialsRejected: .refused
                case .throttled: .throttled
                case .rateLimited: .rateLimited
                case .failed, .unavailable: .failed
                case .timedOut: .timedOut
                case .noConnection: .noConnection
                case .batchRefused: .unauthorized
                }
            }
    }
}
