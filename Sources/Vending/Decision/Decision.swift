// SPDX-License-Identifier: Apache-2.0

/// The result of `Broker.decide`.
package enum Decision: Sendable {
    case authorized(ExchangeRequest)
    /// There is no cached verdict on the token: verify it, then decide again. Verification may suspend; `decide` never
    /// does.
    case needsVerification(BearerToken)
    case refused(RefusalError)
}

/// A refusal, with the part of the request that was authorized before it.
package struct RefusalError: Error, Sendable {
    package let error: VendingError
    /// For the audit event; `nil` until the user and their grant are known.
    package let request: ExchangeRequest?

    init(_ error: VendingError, _ request: ExchangeRequest? = nil) {
        self.error = error
        self.request = request
    }
}
