// SPDX-License-Identifier: Apache-2.0

extension Broker {
    /// Credentials from the cache, or from an exchange, which another request may have started.
    func credentials(for authorized: ExchangeRequest) async throws(RefusalError) -> VendResult {
        let flight: Task<CredentialCache.Outcome, Never>
        if let key = authorized.cacheKey {
            switch cache.find(key, at: ports.now(), by: { work(for: authorized) }) {
            case .hit(let vended):
                vended.usage?.countHit()
                return VendResult(vended: vended, hit: true, request: authorized)
            case .overloaded: throw RefusalError(.overloaded, authorized)
            case .pending(let pending): flight = pending
            }
        } else {
            guard let pending = cache.runUncached(work(for: authorized), for: authorized) else {
                throw RefusalError(.overloaded, authorized)
            }
            flight = pending
        }
        let outcome = await flight.value
        // The list of logouts may have grown while the exchange was in flight.
        if logouts.refuses(authorized.identity?.session) { throw RefusalError(Self.loggedOut, authorized) }
        switch outcome {
        case .success(let vended):
            // So may the deny list.
            if isDenied(authorized) { throw RefusalError(.denied, authorized) }
            return VendResult(vended: vended, hit: false, request: authorized)
        case .failure(let error):
            // An exchange for a session to keep fails if its user is denied meanwhile.
            if authorized.grant.handOut != nil, isDenied(authorized) { throw RefusalError(.denied, authorized) }
            throw RefusalError(.exchangeFailed(error), authorized)
        }
    }

    /// One exchange, and the encoding of its credentials: once for each exchange, not for each response.
    func work(for request: ExchangeRequest) -> CredentialCache.Work {
        { [self] () async throws(ExchangeError) -> VendedCredentials in
            let credentials = try await credentials(from: request)
            guard !logouts.refuses(request.identity?.session) else { throw Self.loggedOutMeanwhile }
            return VendedCredentials(
                encoded: try ports.encode(credentials, request.grant.monitor), expiration: credentials.expiration,
                received: credentials.received, usage: cache.usages.usage(of: request.grant.app))
        }
    }

    /// Requests with a newer token of the same user, which wait for the exchange, can try again.
    private static let loggedOutMeanwhile = ExchangeError(
        .unavailable, "the user logged out while the exchange was in flight")

    private func isDenied(_ request: ExchangeRequest) -> Bool {
        guard let identity = request.identity else { return false }
        return denied.denies(ports.pseudonyms.pseudonym(identity.issuer, identity.subject))
    }

    /// Of a grant with `handOut`, never those of the session that Purser keeps.
    private func credentials(from request: ExchangeRequest) async throws(ExchangeError) -> TemporaryCredentials {
        guard let seconds = request.grant.handOut else { return try await exchange(request) }
        guard let parents else { throw ExchangeError(.refused, "hand-out: no sessions are kept") }
        return try await parents.child(for: request, seconds: seconds) { parentWork(for: $0) }
    }

    private func exchange(_ request: ExchangeRequest) async throws(ExchangeError) -> TemporaryCredentials {
        let began = ContinuousClock.now
        do throws(ExchangeError) {
            let credentials = try await ports.exchange.exchange(request)
            ports.meter.exchanged(nil, in: began.duration(to: .now))
            return credentials
        } catch {
            ports.meter.exchanged(error.kind, in: began.duration(to: .now))
            throw error
        }
    }

    /// The exchange for a session that Purser keeps.
    private func parentWork(for request: ExchangeRequest) -> CredentialCache.Work {
        { [self] () async throws(ExchangeError) -> VendedCredentials in
            let credentials = try await exchange(request)
            // The deny list and the list of logouts may have grown while the exchange was in flight.
            if isDenied(request) { throw ExchangeError(.refused, "the user is denied") }
            guard !logouts.refuses(request.identity?.session) else { throw Self.loggedOutMeanwhile }
            return VendedCredentials(
                encoded: try ports.encode(credentials, request.grant.monitor), expiration: credentials.expiration,
                received: credentials.received)
        }
    }
}
