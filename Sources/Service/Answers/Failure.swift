package import Vending

/// A problem for the caller, with what only the log is told.
package struct Failure: Error, Sendable {
    package let problem: Problem
    /// A word of a closed list, for counting.
    package let reason: String
    /// For reading.
    package let detail: String
    /// Seconds, for 503.
    package let retryAfter: Int?
    /// What the form of STS says of it, where it has more to say than the problem.
    let told: SecurityTokenError?

    package init(_ problem: Problem, reason: String? = nil, detail: String = "", retryAfter: Int? = nil) {
        self.problem = problem
        self.reason = reason ?? problem.rawValue
        self.detail = detail
        self.retryAfter = problem == .unavailable ? retryAfter ?? Self.retryAfterByDefault : nil
        told = nil
    }

    private init(_ problem: Problem, reason: String, told: SecurityTokenError) {
        self.problem = problem
        self.reason = reason
        detail = told.message
        retryAfter = nil
        self.told = told
    }

    /// A request that is none in the form of STS.
    init(_ error: SecurityTokenError) {
        self.init(.malformedRequest, reason: error.code.rawValue, told: error)
    }

    package init(_ error: VendingError) {
        switch error {
        case .appUnknown: self.init(.notFound, reason: "app_unknown")
        case .audienceNotServed: self.init(.notFound, reason: "audience_not_served")
        case .tokenMissing: self.init(.missingToken)
        case .tokenRefused(let refusal) where refusal.reason == .keysUnavailable:
            self.init(.unavailable, reason: refusal.reason.rawValue, detail: refusal.detail)
        case .tokenRefused(let refusal):
            self.init(.invalidToken, reason: refusal.reason.rawValue, detail: refusal.detail)
        case .notAuthorized(let detail): self.init(.notAuthorized, detail: detail)
        case .wishRefused(let refusal):
            let told = SecurityTokenError(refusal)
            self.init(
                told.code == .accessDenied ? .notAuthorized : .malformedRequest, reason: refusal.rawValue, told: told)
        case .exchangeFailed(let failure): self.init(failure)
        case .auditFailed(let failure): self.init(.unavailable, reason: "audit_failed", detail: failure.detail)
        case .overloaded: self.init(.unavailable, reason: "overloaded")
        }
    }

    init(_ failure: ExchangeFailure) {
        let problem: Problem =
            switch failure.kind {
            case .refused: .awsRefused
            // A new token will do, and 401 is what makes the application fetch one.
            case .tokenExpired: .invalidToken
            case .throttled, .unavailable: .unavailable
            case .timedOut: .awsTimeout
            }
        self.init(
            problem, reason: "exchange_\(failure.kind.rawValue)", detail: failure.detail,
            retryAfter: failure.retryAfter)
    }

    private static let retryAfterByDefault = 5
}
