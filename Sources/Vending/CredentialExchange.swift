/// The port to whatever turns an authorised request into temporary credentials.
package protocol CredentialExchange: Sendable {
    /// One exchange, retries included, within the exchange's own deadline. The credentials carry `grant.policy`.
    func exchange(_ request: ExchangeRequest) async throws(ExchangeFailure) -> TemporaryCredentials
}

/// Who gets what.
package struct ExchangeRequest: Sendable {
    package enum Holder: Sendable {
        /// The identity and the very token that proved it, which `web-identity` hands on.
        case user(VerifiedIdentity, BearerToken)
        /// All guests of the app together.
        case guests
    }

    package let grant: Grant
    package let holder: Holder

    package init(grant: Grant, holder: Holder) {
        self.grant = grant
        self.holder = holder
    }
}
