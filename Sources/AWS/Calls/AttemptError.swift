// SPDX-License-Identifier: Apache-2.0

import Outbound
import Vending

/// Why one attempt of a call failed.
struct AttemptError: Error, Sendable {
    enum Kind: Hashable, Sendable {
        case refused
        case tokenExpired
        case throttled
        /// Retried as usual.
        case transient
        /// Retried once.
        case transientOnce
        /// AWS did not reach the user's identity provider. Retried as usual.
        case providerFailed
        /// The broker's AWS credentials had expired. Retried once with new ones from their provider.
        case signerExpired
        /// The signing time was wrong and has been corrected. Retried once.
        case clockSkewed
        case timedOut
        case cancelled
        /// No credentials to sign with.
        case brokerCredentials
        /// Not sent: the rate limiter rejected the call.
        case rateLimited
        /// Not sent: the circuit breaker is open.
        case breakerOpen
        /// Not sent: all connections to the host were in use. Says nothing about AWS, and is not retried.
        case noConnection
        /// Not sent: the batch failed its check.
        case batchRefused
    }

    let kind: Kind
    let detail: String
    /// `x-amz-retry-after`, where AWS sent it.
    let retryAfter: Duration?
    /// The response's HTTP status, if callers need it.
    let status: Int?
    /// AWS's error code, if the error is AWS's response.
    let code: String?

    init(
        _ kind: Kind, _ detail: String, retryAfter: Duration? = nil, status: Int? = nil, code: String? = nil
    ) {
        self.kind = kind
        self.detail = detail
        self.retryAfter = retryAfter
        self.status = status
        self.code = code
    }

    /// The call failed without a complete response.
    /// - Parameter name: the operation or service, for the detail.
    init(_ failure: OutboundError, calling name: String) {
        switch failure {
        case .timedOut: self.init(.timedOut, "\(name): no response in time")
        case .connection(let reason): self.init(.transient, "\(name): \(reason)")
        case .tooLarge(let limit): self.init(.transient, "\(name): the response is over \(limit) bytes")
        case .noConnection:
            self.init(.noConnection, "\(name): \(OutboundError.noConnectionDetail)", retryAfter: .seconds(1))
        case .cancelled: self.init(.cancelled, "\(name): cancelled")
        }
    }

    /// The error for the domain, once no further attempt is made.
    var exchangeError: ExchangeError {
        switch kind {
        case .refused, .signerExpired, .clockSkewed, .batchRefused: ExchangeError(.refused, detail, code: code)
        case .tokenExpired: ExchangeError(.tokenExpired, detail)
        case .throttled, .rateLimited: ExchangeError(.throttled, detail, retryAfter: retrySeconds)
        case .transient, .transientOnce, .providerFailed, .brokerCredentials, .breakerOpen:
            ExchangeError(.unavailable, detail, retryAfter: retrySeconds)
        case .timedOut: ExchangeError(.timedOut, detail)
        case .noConnection: ExchangeError(.noConnection, detail, retryAfter: retrySeconds)
        case .cancelled: ExchangeError(.unavailable, detail)
        }
    }

    /// Seconds until a retry: AWS's value, at most 300, or else 5, after which the shared retry quota has had time to
    /// recover.
    private var retrySeconds: Int { min(seconds ?? 5, 300) }

    /// `retryAfter` in whole seconds, rounded up, from 1 to 3,600.
    var seconds: Int? {
        retryAfter.map { retryAfter in
            let (seconds, attoseconds) = retryAfter.components
            return Int(min(max(seconds + (attoseconds > 0 ? 1 : 0), 1), 3_600))
        }
    }
}
