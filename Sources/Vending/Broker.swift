package import FoundationEssentials

/// The flow: authenticate, authorise, look in the cache, exchange.
///
/// Every request is authenticated and authorised; only the vend is cached. An invalid token is refused and never
/// turned into a guest.
package final class Broker: Sendable {
    /// Turns credentials into the body of the answer, once, when they come.
    package typealias Encoder = @Sendable (TemporaryCredentials, AppMonitor) -> [UInt8]

    package struct Vend: Sendable {
        package let vended: Vended
        /// The credentials were here already.
        package let hit: Bool
    }

    private let apps: [AppName: App]
    private let verifier: any TokenVerifier
    private let exchange: any CredentialExchange
    private let cache: CredentialCache
    private let meter: any Meter
    private let encode: Encoder
    private let now: @Sendable () -> Date

    package init(
        apps: [App], verifier: any TokenVerifier, exchange: any CredentialExchange, cache: CredentialCache,
        meter: any Meter, encode: @escaping Encoder, now: @escaping @Sendable () -> Date
    ) {
        self.apps = Dictionary(uniqueKeysWithValues: apps.map { ($0.name, $0) })
        self.verifier = verifier
        self.exchange = exchange
        self.cache = cache
        self.meter = meter
        self.encode = encode
        self.now = now
    }

    package func app(_ name: AppName) -> App? { apps[name] }

    /// The whole warm decision, without I/O or suspension: credentials for a token that is known and a user whose
    /// credentials are here; `nil` where any step needs more, an error included.
    package func recall(_ ask: CredentialsAsk) -> Vended? {
        guard let app = apps[ask.app] else { return nil }
        let now = now()
        let request: ExchangeRequest
        switch ask.audience {
        case .guest:
            guard let grant = app.guest else { return nil }
            request = ExchangeRequest(grant: grant, holder: .guests)
        case .signedIn(let token):
            guard let token, let signedIn = app.signedIn, let identity = verifier.recall(token, at: now),
                signedIn.admits(identity)
            else { return nil }
            request = ExchangeRequest(grant: signedIn.grant, holder: .user(identity, token))
        }
        return cache.recall(request.cacheKey, at: now) { work(for: request) }
    }

    /// The full way. `recall` first: a warm request need not come here.
    package func vend(_ ask: CredentialsAsk) async throws(VendingError) -> Vend {
        guard let app = apps[ask.app] else { throw .appUnknown }
        let request = try await authorize(ask.audience, for: app)
        switch cache.find(request.cacheKey, at: now(), by: { work(for: request) }) {
        case .hit(let vended):
            return Vend(vended: vended, hit: true)
        case .overloaded:
            throw .overloaded
        case .pending(let flight):
            switch await flight.value {
            case .success(let vended): return Vend(vended: vended, hit: false)
            case .failure(let failure): throw .exchangeFailed(failure)
            }
        }
    }

    private func authorize(
        _ audience: CredentialsAsk.Audience, for app: App
    ) async throws(VendingError) -> ExchangeRequest {
        switch audience {
        case .guest:
            guard let grant = app.guest else { throw .audienceNotServed }
            return ExchangeRequest(grant: grant, holder: .guests)
        case .signedIn(let token):
            guard let signedIn = app.signedIn else { throw .audienceNotServed }
            guard let token else { throw .tokenMissing }
            let identity = try await authenticate(token)
            if let objection = signedIn.objection(to: identity) { throw .notAuthorized(objection) }
            return ExchangeRequest(grant: signedIn.grant, holder: .user(identity, token))
        }
    }

    private func authenticate(_ token: BearerToken) async throws(VendingError) -> VerifiedIdentity {
        let now = now()
        if let identity = verifier.recall(token, at: now) { return identity }
        do throws(TokenRefusal) {
            let identity = try await verifier.verify(token, at: now)
            meter.tokenVerified()
            return identity
        } catch {
            meter.tokenRefused(error.reason)
            throw .tokenRefused(error)
        }
    }

    private func work(for request: ExchangeRequest) -> CredentialCache.Work {
        { [exchange, encode] () async throws(ExchangeFailure) -> Vended in
            let credentials = try await exchange.exchange(request)
            return Vended(answer: encode(credentials, request.grant.monitor), expiration: credentials.expiration)
        }
    }
}

extension ExchangeRequest {
    package var cacheKey: CacheKey {
        switch holder {
        case .user(let identity, _): CacheKey(grant: grant, holder: .user(identity.issuer, identity.subject))
        case .guests: CacheKey(grant: grant, holder: .guests)
        }
    }
}
