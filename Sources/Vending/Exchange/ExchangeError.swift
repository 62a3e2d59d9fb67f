/// Why an exchange brought no credentials. `kind` decides the caller's answer, `detail` is for the operator's log.
package struct ExchangeError: Error, Sendable {
    package enum Kind: String, Sendable {
        /// AWS understood and declined: a trust policy, a role, a parameter. Trying again changes nothing.
        case refused
        /// The user's token ran out before AWS saw it; a new token will do.
        case tokenExpired = "token_expired"
        /// AWS asked for fewer requests, and kept doing so through the retries.
        case throttled
        /// AWS, or the way to it, failed through the retries; Purser's own credentials missing is one of these.
        case unavailable
        /// No answer within the deadline.
        case timedOut = "timed_out"
    }

    package let kind: Kind
    /// AWS's error code and request id, or what went wrong on the way. Never a token, a key or a subject.
    package let detail: String
    /// When another try makes sense, in seconds, where AWS or the retry policy said so.
    package let retryAfter: Int?

    package init(_ kind: Kind, _ detail: String, retryAfter: Int? = nil) {
        self.kind = kind
        self.detail = detail
        self.retryAfter = retryAfter
    }
}
