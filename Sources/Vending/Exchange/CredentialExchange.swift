/// The port to whatever turns an authorised request into temporary credentials.
package protocol CredentialExchange: Sendable {
    /// One exchange, retries included, within the exchange's own deadline. The credentials carry its `policy`.
    func exchange(_ request: ExchangeRequest) async throws(ExchangeError) -> TemporaryCredentials
}

/// Who gets what.
package struct ExchangeRequest: Sendable {
    package enum Holder: Sendable {
        /// The identity and the very token that proved it, which `web-identity` hands on.
        case user(VerifiedIdentity, BearerToken)
        /// All guests of the app together.
        case guests
        /// One guest, by an identifier made for this request.
        case visitor(String)
    }

    package let grant: Grant
    package let holder: Holder
    /// The grant's, or one that allows less.
    package let policy: SessionPolicy

    package init(grant: Grant, holder: Holder) {
        self.init(grant: grant, holder: holder, policy: grant.policy)
    }

    init(grant: Grant, holder: Holder, policy: SessionPolicy) {
        self.grant = grant
        self.holder = holder
        self.policy = policy
    }

    package var identity: VerifiedIdentity? {
        if case .user(let identity, _) = holder { identity } else { nil }
    }
}
