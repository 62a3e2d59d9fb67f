// SPDX-License-Identifier: Apache-2.0

/// Why an exchange returned no credentials. `kind` determines the caller's response; `detail` is for the operator's
/// log.
package struct ExchangeError: Error, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// AWS refused the request, because of a trust policy, a role or a parameter. A retry does not help.
        case refused
        /// The user's token expired before AWS read it. A new token helps.
        case tokenExpired = "token_expired"
        /// AWS throttled the request and all retries.
        case throttled
        /// AWS or the connection failed for the request and all retries, or the broker's AWS credentials are
        /// unavailable.
        case unavailable
        /// No response within the deadline.
        case timedOut = "timed_out"
        /// All connections to AWS's host were in use, so nothing was sent.
        case noConnection = "no_connection"
    }

    package let kind: Kind
    /// AWS's error code and request id, or the cause. Never a token, a key or a subject.
    package let detail: String
    /// When a retry makes sense, in seconds, if AWS or the retry policy states it.
    package let retryAfter: Int?
    /// AWS's error code, if the error is AWS's response.
    package let code: String?

    package init(_ kind: Kind, _ detail: String, retryAfter: Int? = nil, code: String? = nil) {
        self.kind = kind
        self.detail = detail
        self.retryAfter = retryAfter
        self.code = code
    }
}
