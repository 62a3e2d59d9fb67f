// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The flow of a request: decide, verify the token if its verdict is not cached, decide again, look in the cache,
/// exchange, record.
///
/// `decide` is the only place that authorizes, and it does so for every request; only the credentials are cached. An
/// invalid token is refused and never treated as a guest's request.
package final class Broker: Sendable {
    let apps: [AppName: App]
    let denied: DenyList
    let logouts: LogoutList
    let cache: CredentialCache
    let limits: RequestLimits
    let ports: Ports
    /// `nil` if no grant has a `handOut`.
    let parents: ParentSessions?

    package init(
        apps: [App], cache: CredentialCache, denied: DenyList = DenyList(),
        logouts: LogoutList = LogoutList(), limits: RequestLimits = RequestLimits(), ports: Ports,
        parents: ParentSessions? = nil
    ) {
        self.apps = Dictionary(uniqueKeysWithValues: apps.map { ($0.name, $0) })
        self.cache = cache
        self.denied = denied
        self.logouts = logouts
        self.limits = limits
        self.ports = ports
        self.parents = parents
    }

    /// The warm path: decides and looks in the cache without suspension, so that an event loop can call it. A token that
    /// is not known yet is verified here if that needs no fetch of keys.
    /// - Parameter hitsOnly: whether anything but a cache hit is `undecided` and leaves no trace, because the caller passes
    ///   the request on.
    package func recall(_ request: CredentialsRequest, hitsOnly: Bool = false) -> RecallResult {
        let now = ports.now()
        var decision = decide(request, at: now)
        if case .needsVerification(let token) = decision {
            do throws(RefusalError) {
                guard let identity = try verifyAtOnce(token, for: request.client, at: now, leavesTrace: !hitsOnly)
                else {
                    return .undecided(decision)
                }
                decision = decide(request, verified: identity, at: now)
            } catch {
                return hitsOnly ? .undecided(decision) : .refused(refuse(error, request))
            }
        }
        guard case .authorized(let authorized) = decision, let key = authorized.cacheKey,
            let vended = cache.recall(key, at: now, refresh: { work(for: authorized) }), canRecordAtOnce(vended)
        else { return .undecided(decision) }
        if hitsOnly {
            guard limits.take(for: authorized.identity) else { return .undecided(decision) }
        } else if let limited = limits.admit(user: authorized.identity) {
            return .refused(refuse(RefusalError(.rateLimited(limited), authorized), request))
        }
        let result = VendResult(vended: vended, hit: true, request: authorized)
        vended.usage?.countHit()
        recordAtOnce(result, for: request)
        ports.meter.returned(authorized.grant.audience, life: vended.expiration.timeIntervalSince(now))
        return .hit(result)
    }

    /// - Parameter decision: the decision of `recall` on this request a moment ago. Without it, `vend` calls `decide`.
    package func vend(
        _ request: CredentialsRequest, after decision: Decision? = nil
    ) async throws(VendingError) -> VendResult {
        let result: VendResult
        do throws(RefusalError) {
            let authorized = try await authorize(request, decision ?? decide(request, at: ports.now()))
            result = try await credentials(for: authorized)
        } catch {
            throw refuse(error, request)
        }
        try await record(result, for: request)
        ports.meter.returned(
            result.request.grant.audience, life: result.vended.expiration.timeIntervalSince(ports.now()))
        return result
    }

    /// Whether the request may be made, without making it: for callers that read the request's body only then.
    package func admit(_ request: CredentialsRequest) async throws(VendingError) {
        do throws(RefusalError) {
            _ = try await verifyAndDecide(request, decide(request, at: ports.now()))
        } catch {
            if case .forward = request.purpose {
                ports.meter.forwarded(ForwardingOutcome(.refused(error.error)), bytes: 0)
            }
            throw refuse(error, request)
        }
    }

    /// Why no request for a user's credentials of this app can succeed; `nil` if one can.
    package func refusalOfUsers(_ app: AppName) -> VendingError? {
        guard let signedIn = apps[app]?.signedIn else { return .audienceNotServed }
        return signedIn.grant.delivery.returnsCredentials ? nil : .deliveryNotServed
    }

    /// Records a refusal, and returns its error.
    private func refuse(_ refusal: RefusalError, _ request: CredentialsRequest) -> VendingError {
        recordRefusal(refusal, of: request)
        return refusal.error
    }

    /// The authorized request, counted against the user's rate limit.
    func authorize(
        _ request: CredentialsRequest, _ decision: Decision
    ) async throws(RefusalError) -> ExchangeRequest {
        let authorized = try await verifyAndDecide(request, decision)
        if let limited = limits.admit(user: authorized.identity) {
            throw RefusalError(.rateLimited(limited), authorized)
        }
        return authorized
    }

    /// Verifies the token if the decision needs it, and decides again with the identity that the token proves.
    private func verifyAndDecide(
        _ request: CredentialsRequest, _ decision: Decision
    ) async throws(RefusalError) -> ExchangeRequest {
        switch decision {
        case .authorized(let authorized): return authorized
        case .refused(let refusal): throw refusal
        case .needsVerification(let token):
            let identity = try await verify(token, for: request.client)
            return try await verifyAndDecide(request, decide(request, verified: identity, at: ports.now()))
        }
    }

    private func verifyAtOnce(
        _ token: BearerToken, for client: ClientAddress?, at now: Date, leavesTrace: Bool
    ) throws(RefusalError) -> VerifiedIdentity? {
        guard limits.mayVerify(for: client) else {
            if leavesTrace, let limited = limits.admitVerification(for: client) {
                throw RefusalError(.rateLimited(limited))
            }
            return nil
        }
        let began = ContinuousClock.now
        do throws(TokenError) {
            guard let identity = try ports.verifier.verifyAtOnce(token, at: now) else { return nil }
            ports.meter.tokenVerified(in: began.duration(to: .now))
            return identity
        } catch {
            if leavesTrace { rejected(error, for: client, in: began.duration(to: .now)) }
            throw RefusalError(.tokenRefused(error))
        }
    }

    private func verify(
        _ token: BearerToken, for client: ClientAddress?
    ) async throws(RefusalError) -> VerifiedIdentity {
        if let limited = limits.admitVerification(for: client) { throw RefusalError(.rateLimited(limited)) }
        let began = ContinuousClock.now
        do throws(TokenError) {
            let identity = try await ports.verifier.verify(token, at: ports.now())
            ports.meter.tokenVerified(in: began.duration(to: .now))
            return identity
        } catch {
            rejected(error, for: client, in: began.duration(to: .now))
            throw RefusalError(.tokenRefused(error))
        }
    }

    private func rejected(_ error: TokenError, for client: ClientAddress?, in duration: Duration) {
        ports.meter.tokenRefused(error.reason, in: duration)
        // Without keys nothing is known about the token.
        if error.reason != .keysUnavailable { limits.verificationFailed(for: client) }
    }
}

/// The result of the warm path.
package enum RecallResult: Sendable {
    case hit(VendResult)
    /// Over a rate limit, or the token is invalid.
    case refused(VendingError)
    /// `Broker.vend` continues from this decision.
    case undecided(Decision)
}

package struct VendResult: Sendable {
    package let vended: VendedCredentials
    /// A cache hit.
    package let hit: Bool
    /// The authorized grant, holder and policy.
    package let request: ExchangeRequest
}
