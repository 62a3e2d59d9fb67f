package import FoundationEssentials

/// The flow: authenticate, authorise, look in the cache, exchange, record.
///
/// Every request is authenticated and authorised; only the vend is cached. An invalid token is refused and never
/// turned into a guest.
package final class Broker: Sendable {
    /// Turns credentials into the body of the answer, once, when they come.
    package typealias Encoder = @Sendable (TemporaryCredentials, AppMonitor) -> [UInt8]
    /// Gets the credentials back out of it. Only the answer is kept, so that a user takes memory once.
    package typealias Decoder = @Sendable (VendedCredentials) -> TemporaryCredentials

    /// What the broker does its work with.
    package struct Ports: Sendable {
        package let verifier: any TokenVerifier
        package let exchange: any CredentialExchange
        package let pseudonyms: any Pseudonymizer
        package let audit: any AuditTrail
        package let meter: any Meter
        package let encode: Encoder
        package let decode: Decoder
        package let dataPlane: any DataPlane
        package let batches: any BatchReader
        package let now: @Sendable () -> Date
        /// A name for a visitor that no other has.
        package let visitor: @Sendable () -> String

        package init(
            verifier: any TokenVerifier, exchange: any CredentialExchange, pseudonyms: any Pseudonymizer,
            audit: any AuditTrail, meter: any Meter, encode: @escaping Encoder, decode: @escaping Decoder,
            dataPlane: any DataPlane, batches: any BatchReader, now: @escaping @Sendable () -> Date,
            visitor: @escaping @Sendable () -> String
        ) {
            self.verifier = verifier
            self.exchange = exchange
            self.pseudonyms = pseudonyms
            self.audit = audit
            self.meter = meter
            self.encode = encode
            self.decode = decode
            self.dataPlane = dataPlane
            self.batches = batches
            self.now = now
            self.visitor = visitor
        }

        func pseudonymize(_ request: ExchangeRequest) -> AuditSubject? {
            request.identity.map { identity in
                var mark = pseudonyms.pseudonymize(identity.issuer, identity.subject)
                if request.grant.attribution.naming == .clear { mark.subject = identity.subject }
                return mark
            }
        }
    }

    private let apps: [AppName: App]
    private let denied: DenyList
    let cache: CredentialCache
    let ports: Ports

    package init(apps: [App], cache: CredentialCache, denied: DenyList = DenyList(), ports: Ports) {
        self.apps = Dictionary(uniqueKeysWithValues: apps.map { ($0.name, $0) })
        self.cache = cache
        self.denied = denied
        self.ports = ports
    }

    package func app(_ name: AppName) -> App? { apps[name] }

    /// The whole warm decision, without I/O or suspension: credentials for a token that is known and a user whose
    /// credentials are here; `nil` where any step needs more, an error included.
    package func recall(_ ask: CredentialsRequest) -> VendedCredentials? {
        guard ask.wish == nil, let app = apps[ask.app] else { return nil }
        let now = ports.now()
        let request: ExchangeRequest
        switch ask.audience {
        case .guest:
            guard let grant = app.guest, grant.guestSessions == .shared else { return nil }
            request = ExchangeRequest(grant: grant, holder: .guests)
        case .signedIn(let token):
            guard let token, let signedIn = app.signedIn, let identity = ports.verifier.recall(token, at: now),
                signedIn.admits(identity)
            else { return nil }
            request = ExchangeRequest(grant: signedIn.grant, holder: .user(identity, token))
        }
        guard let key = request.cacheKey, let vended = cache.recall(key, at: now, refresh: { work(for: request) }),
            !denied.denies(vended.receipt.holder?.pseudonym)
        else {
            return nil
        }
        do throws(AuditError) {
            try ports.audit.record(event(ask, request, .vended(vended.receipt, hit: true)))
        } catch {
            // The full way meets the same and tells of it.
            return nil
        }
        return vended
    }

    /// The full way. `recall` first: a warm request need not come here.
    package func vend(_ ask: CredentialsRequest) async throws(VendingError) -> VendResult {
        var request: ExchangeRequest?
        let vend: VendResult
        do throws(VendingError) {
            vend = try await decide(ask, &request)
        } catch {
            refused(ask, request, error)
            throw error
        }
        do throws(AuditError) {
            try ports.audit.record(event(ask, request, .vended(vend.vended.receipt, hit: vend.hit)))
        } catch {
            throw .auditFailed(error)
        }
        return vend
    }

    /// - Parameter request: what was asked for, as soon as it is known, whatever comes of it.
    private func decide(
        _ ask: CredentialsRequest, _ request: inout ExchangeRequest?
    ) async throws(VendingError) -> VendResult {
        guard let app = apps[ask.app] else { throw .appUnknown }
        return try await credentials(for: wished(ask, authorize(ask.audience, for: app, &request)))
    }

    /// From the cache, or by an exchange that others may have begun.
    func credentials(for authorized: ExchangeRequest) async throws(VendingError) -> VendResult {
        let vend = try await find(authorized)
        // The list may have become longer while the exchange was under way.
        if denied.denies(vend.vended.receipt.holder?.pseudonym) { throw .denied }
        return vend
    }

    private func find(_ authorized: ExchangeRequest) async throws(VendingError) -> VendResult {
        let flight: Task<CredentialCache.Outcome, Never>
        if let key = authorized.cacheKey {
            switch cache.find(key, at: ports.now(), by: { work(for: authorized) }) {
            case .hit(let vended): return VendResult(vended: vended, hit: true, request: authorized)
            case .overloaded: throw .overloaded
            case .pending(let pending): flight = pending
            }
        } else {
            guard let pending = cache.runUncached(work(for: authorized)) else { throw .overloaded }
            flight = pending
        }
        switch await flight.value {
        case .success(let vended): return VendResult(vended: vended, hit: false, request: authorized)
        case .failure(let failure): throw .exchangeFailed(failure)
        }
    }

    /// A refusal gives nothing away, so it is not held back for want of a record.
    func refused(_ ask: CredentialsRequest, _ request: ExchangeRequest?, _ error: VendingError) {
        try? ports.audit.record(event(ask, request, .refused(error)))
    }

    /// - Parameter guestsShare: whether all guests have one session even where each is to have its own.
    func authorize(
        _ audience: CredentialsRequest.Audience, for app: App, guestsShare: Bool = false,
        _ request: inout ExchangeRequest?
    ) async throws(VendingError) -> ExchangeRequest {
        switch audience {
        case .guest:
            guard let grant = app.guest else { throw .audienceNotServed }
            let holder: ExchangeRequest.Holder =
                guestsShare || grant.guestSessions == .shared ? .guests : .visitor(ports.visitor())
            let authorized = ExchangeRequest(grant: grant, holder: holder)
            request = authorized
            return authorized
        case .signedIn(let token):
            guard let signedIn = app.signedIn else { throw .audienceNotServed }
            guard let token else { throw .tokenMissing }
            let identity = try await authenticate(token)
            let asked = ExchangeRequest(grant: signedIn.grant, holder: .user(identity, token))
            request = asked
            if let objection = signedIn.objection(to: identity) { throw .notAuthorized(objection) }
            if denied.denies(ports.pseudonymize(asked)?.pseudonym) { throw .denied }
            return asked
        }
    }

    private func wished(_ ask: CredentialsRequest, _ request: ExchangeRequest) throws(VendingError) -> ExchangeRequest {
        guard let wish = ask.wish else { return request }
        do throws(RequestedSessionError) {
            return try wish.restricted(for: request)
        } catch {
            throw .sessionRefused(error)
        }
    }

    private func authenticate(_ token: BearerToken) async throws(VendingError) -> VerifiedIdentity {
        let now = ports.now()
        if let identity = ports.verifier.recall(token, at: now) { return identity }
        do throws(TokenError) {
            let identity = try await ports.verifier.verify(token, at: now)
            ports.meter.tokenVerified()
            return identity
        } catch {
            ports.meter.tokenRefused(error.reason)
            throw .tokenRefused(error)
        }
    }

    private func work(for request: ExchangeRequest) -> CredentialCache.Work {
        { [ports] () async throws(ExchangeError) -> VendedCredentials in
            let credentials = try await ports.exchange.exchange(request)
            let holder = ports.pseudonymize(request)
            let description = ports.audit.describe(credentials, request.grant, request.identity?.issuer, holder)
            return VendedCredentials(
                answer: ports.encode(credentials, request.grant.monitor), expiration: credentials.expiration,
                received: credentials.received, receipt: Receipt(credentials, holder: holder, description: description))
        }
    }

    func event(
        _ ask: CredentialsRequest, _ request: ExchangeRequest?, _ outcome: AuditEvent.Outcome
    ) -> AuditEvent {
        let holder: AuditSubject? =
            if case .vended(let receipt, _) = outcome {
                receipt.holder
            } else {
                request.flatMap(ports.pseudonymize)
            }
        let audience: Grant.Audience = if case .guest = ask.audience { .guest } else { .signedIn }
        // Looked up only for what was refused before its grant was known.
        let app = request == nil ? apps[ask.app] : nil
        return AuditEvent(
            requestID: ask.requestID, app: request?.grant.app ?? app?.name, audience: audience,
            grant: request?.grant ?? (audience == .guest ? app?.guest : app?.signedIn?.grant), token: ask.token,
            holder: holder, issuer: request?.identity?.issuer, outcome: outcome)
    }
}

package struct VendResult: Sendable {
    package let vended: VendedCredentials
    /// The credentials were here already.
    package let hit: Bool
    /// What they were asked for with, and for whom.
    package let request: ExchangeRequest
}
