// SPDX-License-Identifier: Apache-2.0

extension Broker {
    /// Credentials from the cache, or from an exchange, which another request may have started.
    func credentials(for authorized: ExchangeRequest) async throws(RefusalError) -> VendResult {
        let flight: Task<CredentialCache.Outcome, Never>
        if let key = authorized.cacheKey {
            switch cache.find(key, at: ports.now(), by: { work(for: authorized) }) {
            case .hit(let vended): return VendResult(vended: vended, hit: true, request: authorized)
            case .overloaded: throw RefusalError(.overloaded, authorized)
            case .pending(let pending): flight = pending
            }
        } else {
            guard let pending = cache.runUncached(work(for: authorized), for: authorized) else {
                throw RefusalError(.overloaded, authorized)
            }
            flight = pending
        }
        switch await flight.value {
        case .success(let vended):
            // The deny list may have grown while the exchange was in flight.
            if denied.denies(vended.receipt.subject?.pseudonym) { throw RefusalError(.denied, authorized) }
            return VendResult(vended: vended, hit: false, request: authorized)
        case .failure(let error):
            // An exchange for a session to keep fails if its user is denied meanwhile.
            if authorized.grant.handOut != nil,
                denied.denies(authorized.identity.map { ports.pseudonyms.pseudonym($0.issuer, $0.subject) })
            {
                throw RefusalError(.denied, authorized)
            }
            throw RefusalError(.exchangeFailed(error), authorized)
        }
    }

    /// One exchange, and the encoding of its credentials: once for each exchange, not for each response.
    func work(for request: ExchangeRequest) -> CredentialCache.Work {
        { [self] () async throws(ExchangeError) -> VendedCredentials in
            let credentials = try await credentials(from: request)
            let subject = ports.auditSubject(of: request)
            let description = ports.audit.describe(credentials, request.grant, request.identity?.issuer, subject)
            return VendedCredentials(
                encoded: try ports.encode(credentials, request.grant.monitor), expiration: credentials.expiration,
                received: credentials.received,
                receipt: Receipt(
                    assumedRoleID: credentials.assumedRoleID, subject: subject, description: description))
        }
    }

    /// Of a grant with `handOut`, never those of the session that Purser keeps.
    private func credentials(from request: ExchangeRequest) async throws(ExchangeError) -> TemporaryCredentials {
        guard let seconds = request.grant.handOut else { return try await ports.exchange.exchange(request) }
        guard let parents else { throw ExchangeError(.refused, "hand-out: no sessions are kept") }
        return try await parents.child(for: request, seconds: seconds) { parentWork(for: $0) }
    }

    /// The exchange for a session that Purser keeps.
    private func parentWork(for request: ExchangeRequest) -> CredentialCache.Work {
        { [ports, denied] () async throws(ExchangeError) -> VendedCredentials in
            let credentials = try await ports.exchange.exchange(request)
            let subject = ports.auditSubject(of: request)
            // The deny list may have grown while the exchange was in flight.
            if denied.denies(subject?.pseudonym) { throw ExchangeError(.refused, "the user is denied") }
            return VendedCredentials(
                encoded: try ports.encode(credentials, request.grant.monitor), expiration: credentials.expiration,
                received: credentials.received,
                receipt: Receipt(assumedRoleID: credentials.assumedRoleID, subject: subject, description: []))
        }
    }
}
