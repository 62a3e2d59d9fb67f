import Outbound
import Vending

/// Why one attempt of a call failed.
struct AttemptError: Error, Sendable {
    enum Kind: Hashable, Sendable {
        case refused
        case tokenExpired
        case throttled
        /// Worth the usual retries.
        case transient
        /// Worth one more attempt.
        case transientOnce
        /// AWS did not reach the user's identity provider; worth the usual retries.
        case providerFailed
        /// Purser's own credentials were expired: one more attempt with whatever their provider has then.
        case signerExpired
        /// The signing time was off and is corrected by now: one more attempt.
        case clockSkewed
        case timedOut
        case cancelled
        /// No credentials to sign with.
        case brokerCredentials
        /// Not sent, for AWS's quota.
        case turnedAway
        /// Not sent, since AWS is down.
        case breakerOpen
    }

    let kind: Kind
    let detail: String
    /// `x-amz-retry-after`, where AWS sent it.
    let retryAfter: Duration?
    /// Of the answer, where it is to be passed on.
    let status: Int?

    init(_ kind: Kind, _ detail: String, retryAfter: Duration? = nil, status: Int? = nil) {
        self.kind = kind
        self.detail = detail
        self.retryAfter = retryAfter
        self.status = status
    }

    /// No answer came.
    /// - Parameter place: for the detail.
    init(_ failure: OutboundError, calling place: String) {
        switch failure {
        case .timedOut: self.init(.timedOut, "\(place): no answer in time")
        case .connection(let words): self.init(.transient, "\(place): \(words)")
        case .tooLarge(let limit): self.init(.transient, "\(place): an answer over \(limit) bytes")
        case .cancelled: self.init(.cancelled, "\(place): cancelled")
        }
    }

    /// The same to the domain, once no further attempt is made.
    var exchangeError: ExchangeError {
        switch kind {
        case .refused, .signerExpired, .clockSkewed: ExchangeError(.refused, detail)
        case .tokenExpired: ExchangeError(.tokenExpired, detail)
        case .throttled, .turnedAway: ExchangeError(.throttled, detail, retryAfter: rest)
        case .transient, .transientOnce, .providerFailed, .brokerCredentials, .breakerOpen:
            ExchangeError(.unavailable, detail, retryAfter: rest)
        case .timedOut: ExchangeError(.timedOut, detail)
        case .cancelled: ExchangeError(.unavailable, detail)
        }
    }

    /// What AWS said within reason, or 5, by when a retry quota of others has had time to recover.
    private var rest: Int { min(seconds ?? 5, 300) }

    /// Of `retryAfter`, whole ones.
    var seconds: Int? {
        retryAfter.map { retryAfter in
            let (seconds, attoseconds) = retryAfter.components
            return Int(min(max(seconds + (attoseconds > 0 ? 1 : 0), 1), 3_600))
        }
    }
}
