// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes
package import Vending

/// An error response: the caller sees only the code, the log also has the reason and the detail.
package struct ServiceError: Error, Sendable {
    package let code: ErrorCode
    /// From a closed list, so that log lines can be counted by it.
    package let reason: String
    /// For operators; may be empty.
    package let detail: String
    /// Seconds; only for 429 and 503.
    package let retryAfter: Int?
    /// The status of the code, unless a wire reports another one.
    package var status: HTTPResponse.Status
    /// Whether the connection closes after the response, because the rest of the request was not read.
    package var endsConnection: Bool
    /// Whether the request was over a rate limit of its client or user.
    private(set) var isRateLimited = false
    /// The STS error, where it is more specific than the code.
    let securityTokenError: SecurityTokenError?

    package init(_ code: ErrorCode, reason: String? = nil, detail: String = "", retryAfter: Int? = nil) {
        self.code = code
        self.reason = reason ?? code.rawValue
        self.detail = detail
        let isRetryable = code == .unavailable || code == .tooManyRequests
        self.retryAfter = isRetryable ? retryAfter ?? Self.retryAfterByDefault : nil
        status = code.status
        endsConnection = code == .contentTooLarge
        securityTokenError = nil
    }

    private init(_ code: ErrorCode, reason: String, securityTokenError: SecurityTokenError) {
        self.code = code
        self.reason = reason
        detail = securityTokenError.message
        retryAfter = nil
        status = code.status
        endsConnection = false
        self.securityTokenError = securityTokenError
    }

    /// For a request that breaks a rule of the STS query API.
    init(_ error: SecurityTokenError) {
        self.init(.malformedRequest, reason: error.code.rawValue, securityTokenError: error)
    }

    package init(_ error: VendingError) {
        switch error {
        case .appUnknown: self.init(.notFound, reason: "app_unknown")
        case .audienceNotServed: self.init(.notFound, reason: "audience_not_served")
        case .deliveryNotServed: self.init(.notFound, reason: "delivery_not_served")
        case .tokenMissing: self.init(.missingToken)
        case .tokenRefused(let refusal) where refusal.isUndecided:
            self.init(
                .unavailable, reason: refusal.reason.rawValue, detail: refusal.detail, retryAfter: refusal.retryAfter)
        case .tokenRefused(let refusal):
            self.init(.invalidToken, reason: refusal.reason.rawValue, detail: refusal.detail)
        case .notAuthorized(let detail): self.init(.notAuthorized, detail: detail)
        case .denied: self.init(.notAuthorized, reason: "denied")
        case .monitorNotServed: self.init(.notFound, reason: "monitor_not_served")
        case .userDetailsRefused(let detail): self.init(.notAuthorized, reason: "user_details", detail: detail)
        case .sessionRefused(let refusal):
            let error = SecurityTokenError(refusal)
            self.init(
                error.code == .accessDenied ? .notAuthorized : .malformedRequest, reason: refusal.rawValue,
                securityTokenError: error)
        case .exchangeFailed(let failure): self.init(failure)
        case .auditFailed(let failure): self.init(.unavailable, reason: "audit_failed", detail: failure.detail)
        case .overloaded: self.init(.unavailable, reason: "overloaded")
        case .rateLimited(let limited): self.init(limited)
        }
    }

    init(_ limited: RateLimitError) {
        self.init(.tooManyRequests, reason: "\(limited.limit.rawValue)_rate", retryAfter: limited.retryAfter)
        isRateLimited = true
    }

    package init(_ error: ForwardingError) {
        switch error {
        case .refused(let error): self.init(error)
        case .undelivered(let failure): self.init(failure)
        }
    }

    private init(_ failure: DeliveryError) {
        let (code, reason): (ErrorCode, String) =
            switch failure.kind {
            case .refused: (.awsRefused, "delivery_refused")
            case .credentialsRejected: (.awsRefused, "delivery_credentials_rejected")
            case .throttled: (.tooManyRequests, "delivery_throttled")
            case .rateLimited: (.tooManyRequests, "delivery_turned_away")
            case .failed: (.unavailable, "delivery_failed")
            case .unavailable: (.unavailable, "delivery_unavailable")
            case .timedOut: (.awsTimeout, "delivery_timed_out")
            case .noConnection: (.unavailable, "delivery_no_connection")
            case .batchRefused: (.notAuthorized, "user_details")
            }
        self.init(code, reason: reason, detail: failure.detail, retryAfter: failure.retryAfter)
        if case .failed(let status) = failure.kind { self.status = HTTPResponse.Status(code: status) }
    }

    init(_ failure: ExchangeError) {
        let code: ErrorCode =
            switch failure.kind {
            case .refused: .awsRefused
            // 401 makes the application fetch a new token.
            case .tokenExpired: .invalidToken
            case .throttled, .unavailable, .noConnection: .unavailable
            case .timedOut: .awsTimeout
            }
        self.init(
            code, reason: "exchange_\(failure.kind.rawValue)", detail: failure.detail,
            retryAfter: failure.retryAfter)
    }

    /// The `WWW-Authenticate` value of a 401 response, which must have one (RFC 9110 §11.6.1).
    var challenge: String { code.challenge ?? "Bearer" }

    /// Seconds.
    private static let retryAfterByDefault = 5
}
