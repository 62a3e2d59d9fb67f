// SPDX-License-Identifier: Apache-2.0

/// The port to the exchange of an authorized request for temporary credentials.
package protocol CredentialExchange: Sendable {
    /// One exchange, including its retries, within the deadline of the exchange. The credentials are restricted to the
    /// request's `policy`.
    func exchange(_ request: ExchangeRequest) async throws(ExchangeError) -> TemporaryCredentials
}

/// An authorized request: a holder, and the grant and policy of the holder's session.
package struct ExchangeRequest: Sendable {
    package enum Holder: Sendable {
        /// The identity and the token that proved it, which the exchange `web-identity` sends to STS.
        case user(VerifiedIdentity, BearerToken)
        /// All guests of the app together.
        case guests
        /// One guest, with an identifier generated for this request.
        case visitor(String)
    }

    package let grant: Grant
    package let holder: Holder
    /// The grant's policy, a narrower one, or that of the session that Purser keeps.
    package let policy: SessionPolicy
    /// The address of the client that made the request; `nil` if it is unknown.
    package let client: ClientAddress?

    package init(grant: Grant, holder: Holder, client: ClientAddress? = nil) {
        self.init(grant: grant, holder: holder, policy: grant.policy, client: client)
    }

    init(grant: Grant, holder: Holder, policy: SessionPolicy, client: ClientAddress?) {
        self.grant = grant
        self.holder = holder
        self.policy = policy
        self.client = client
    }

    /// The request for the session that Purser keeps, and makes this request's credentials from.
    var parent: ExchangeRequest {
        ExchangeRequest(grant: grant, holder: holder, policy: grant.parentPolicy ?? grant.policy, client: client)
    }

    /// Whether the policy is narrower than the grant's.
    package var isNarrowed: Bool { policy != grant.policy && policy != grant.parentPolicy }

    package var identity: VerifiedIdentity? {
        if case .user(let identity, _) = holder { identity } else { nil }
    }
}
