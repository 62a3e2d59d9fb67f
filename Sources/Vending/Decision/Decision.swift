/// What `Broker.decide` makes of a request.
package enum Decision: Sendable {
    /// The caller may have this.
    case authorized(ExchangeRequest)
    /// The token is not known: verify it, then decide again. The only step that may suspend.
    case needsVerification(BearerToken)
    case refused(RefusalError)
}

/// A refusal, with what is known of who asked for what.
package struct RefusalError: Error, Sendable {
    package let error: VendingError
    /// For the audit event; `nil` until the user and their grant are known.
    package let request: ExchangeRequest?

    init(_ error: VendingError, _ request: ExchangeRequest? = nil) {
        self.error = error
        self.request = request
    }
}
