/// The port to CloudWatch RUM's data plane. It takes a monitor and a batch and neither address nor method, so that
/// nothing else can ever be signed through it.
package protocol DataPlane: Sendable {
    /// One call of PutRumEvents, at most: what may have arrived is not sent again.
    /// - Parameter app: whose turn it takes.
    func put(
        _ batch: Batch, to monitor: AppMonitor, for app: AppName, with credentials: TemporaryCredentials
    ) async throws(DeliveryError) -> Delivery
}

/// The data plane took the batch.
package struct Delivery: Sendable {
    package let body: [UInt8]
    package let requestID: String?

    package init(body: [UInt8], requestID: String?) {
        self.body = body
        self.requestID = requestID
    }
}

/// A batch passed on.
package struct Forwarded: Sendable {
    package let delivery: Delivery
    /// The credentials were here already.
    package let hit: Bool
}

/// Why a batch was not taken. `kind` decides the caller's answer, `detail` is for the operator's log.
package struct DeliveryError: Error, Sendable {
    package enum Kind: Hashable, Sendable {
        /// AWS understood and declined. Trying again changes nothing.
        case refused
        /// AWS no longer takes the credentials; others will do.
        case credentialsRejected
        /// AWS asks for fewer requests.
        case throttled
        /// Not sent: too many wait for the quota.
        case turnedAway
        /// AWS failed, with that HTTP status.
        case failed(status: Int)
        /// No connection, a broken one, or none tried since the last ones failed.
        case unavailable
        /// No answer within the deadline; the batch may have arrived.
        case timedOut
    }

    package let kind: Kind
    /// AWS's error code and request id, or what went wrong on the way. Nothing of the batch.
    package let detail: String
    /// When another try makes sense, in seconds, where somebody said so.
    package let retryAfter: Int?

    package init(_ kind: Kind, _ detail: String, retryAfter: Int? = nil) {
        self.kind = kind
        self.detail = detail
        self.retryAfter = retryAfter
    }
}

/// Why a batch was not passed on.
package enum ForwardingError: Error, Sendable {
    /// It did not come as far as the data plane.
    case refused(VendingError)
    case undelivered(DeliveryError)
}

/// What came of a batch, for counting.
package enum ForwardingOutcome: String, CaseIterable, Sendable {
    case forwarded
    /// By Purser: token, user, monitor or what the batch says.
    case unauthorized
    /// No credentials could be had.
    case notVended = "not_vended"
    /// By AWS.
    case refused
    case throttled
    case turnedAway = "turned_away"
    case failed
    case timedOut = "timed_out"

    init(_ error: ForwardingError) {
        self =
            switch error {
            case .refused(.exchangeFailed), .refused(.overloaded), .refused(.auditFailed): .notVended
            case .refused: .unauthorized
            case .undelivered(let failure):
                switch failure.kind {
                case .refused, .credentialsRejected: .refused
                case .throttled: .throttled
                case .turnedAway: .turnedAway
                case .failed, .unavailable: .failed
                case .timedOut: .timedOut
                }
            }
    }
}
