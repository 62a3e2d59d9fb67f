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
            if isDenied(authorized) { throw RefusalError(.denied, authorized) }
            return VendResult(vended: vended, hit: false, request: authorized)
        case .failure(let error): throw RefusalError(.exchangeFailed(error), authorized)
        }
    }

    /// One exchange, and the encoding of its credentials: once for each exchange, not for each response.
    func work(for request: ExchangeRequest) -> CredentialCache.Work {
        { [ports] () async throws(ExchangeError) -> VendedCredentials in
            let credentials = try await ports.exchange.exchange(request)
            return VendedCredentials(
                encoded: try ports.encode(credentials, request.grant.monitor), expiration: credentials.expiration,
                received: credentials.received)
        }
    }

    private func isDenied(_ request: ExchangeRequest) -> Bool {
        guard let identity = request.identity else { return false }
        return denied.denies(ports.pseudonyms.pseudonym(identity.issuer, identity.subject))
    }
}
