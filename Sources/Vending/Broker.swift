// SPDX-License-Identifier: Apache-2.0

/// The flow of a request: decide, verify the token if its verdict is not cached, decide again, look in the cache,
/// exchange, record.
///
/// `decide` is the only place that authorizes, and it does so for every request; only the credentials are cached. An
/// invalid token is refused and never treated as a guest's request.
package final class Broker: Sendable {
    let apps: [AppName: App]
    let denied: DenyList
    let cache: CredentialCache
    let ports: Ports

    package init(apps: [App], cache: CredentialCache, denied: DenyList = DenyList(), ports: Ports) {
        self.apps = Dictionary(uniqueKeysWithValues: apps.map { ($0.name, $0) })
        self.cache = cache
        self.denied = denied
        self.ports = ports
    }

    /// The warm path: decides and looks in the cache without suspension, so that an event loop can call it.
    package func recall(_ request: CredentialsRequest) -> RecallResult {
        let now = ports.now()
        let decision = decide(request, at: now)
        guard case .authorized(let authorized) = decision, let key = authorized.cacheKey,
            let vended = cache.recall(key, at: now, refresh: { work(for: authorized) })
        else { return .undecided(decision) }
        let result = VendResult(vended: vended, hit: true, request: authorized)
        return recordAtOnce(result, for: request) ? .hit(result) : .undecided(decision)
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
            recordRefusal(error, of: request)
            throw error.error
        }
        try await record(result, for: request)
        return result
    }

    /// Verifies the token if the decision needs it, and decides again with the identity that the token proves.
    func authorize(
        _ request: CredentialsRequest, _ decision: Decision
    ) async throws(RefusalError) -> ExchangeRequest {
        switch decision {
        case .authorized(let authorized): return authorized
        case .refused(let refusal): throw refusal
        case .needsVerification(let token):
            let identity = try await verify(token)
            return try await authorize(request, decide(request, verified: identity, at: ports.now()))
        }
    }

    private func verify(_ token: BearerToken) async throws(RefusalError) -> VerifiedIdentity {
        do throws(TokenError) {
            let identity = try await ports.verifier.verify(token, at: ports.now())
            ports.meter.tokenVerified()
            return identity
        } catch {
            ports.meter.tokenRefused(error.reason)
            throw RefusalError(.tokenRefused(error))
        }
    }
}

/// The result of the warm path.
package enum RecallResult: Sendable {
    case hit(VendResult)
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
