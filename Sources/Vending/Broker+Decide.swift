// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import StrictJSON

extension Broker {
    /// The only place that authorizes: a synchronous function of the request, the configuration, the cached verdicts on
    /// tokens, the logouts and the deny list.
    /// - Parameter identity: the identity that verification has just proved. Without it, `decide` uses the cached
    ///   verdict on the request's token.
    func decide(
        _ request: CredentialsRequest, verified identity: VerifiedIdentity? = nil, at now: Date
    ) -> Decision {
        guard let app = apps[request.app] else { return .refused(RefusalError(.appUnknown)) }
        switch request.audience {
        case .guest: return decideGuest(request, app)
        case .signedIn(let token):
            guard let signedIn = app.signedIn else { return .refused(RefusalError(.audienceNotServed)) }
            guard signedIn.grant.serves(request.purpose) else { return .refused(RefusalError(.deliveryNotServed)) }
            guard let token else { return .refused(RefusalError(.tokenMissing)) }
            guard let identity = identity ?? ports.verifier.recall(token, at: now) else {
                return .needsVerification(token)
            }
            let exchange = ExchangeRequest(
                grant: signedIn.grant, holder: .user(identity, token), client: request.client)
            if logouts.refuses(identity.session) { return .refused(RefusalError(Self.loggedOut, exchange)) }
            if let reason = signedIn.refusal(of: identity) {
                return .refused(RefusalError(.notAuthorized(reason), exchange))
            }
            if denied.denies(ports.pseudonyms.pseudonym(identity.issuer, identity.subject)) {
                return .refused(RefusalError(.denied, exchange))
            }
            return decidePurpose(request, exchange)
        }
    }

    /// For a token that was issued before a logout.
    static var loggedOut: VendingError {
        .tokenRefused(TokenError(.loggedOut, "issued before a logout of its user or session"))
    }

    private func decideGuest(_ request: CredentialsRequest, _ app: App) -> Decision {
        var sharesSession = app.guest?.guestSessions == .shared
        if case .forward(let monitorID) = request.purpose {
            if app.needsToken(for: monitorID) { return .refused(RefusalError(.tokenMissing)) }
            // One session signs the batches of all guests.
            sharesSession = true
        }
        guard let grant = app.guest else { return .refused(RefusalError(.audienceNotServed)) }
        guard grant.serves(request.purpose) else { return .refused(RefusalError(.deliveryNotServed)) }
        let holder: ExchangeRequest.Holder = sharesSession ? .guests : .visitor(ports.visitor())
        return decidePurpose(request, ExchangeRequest(grant: grant, holder: holder, client: request.client))
    }

    /// Whether the holder's grant covers the purpose of the request.
    private func decidePurpose(_ request: CredentialsRequest, _ exchange: ExchangeRequest) -> Decision {
        switch request.purpose {
        case .vend(nil): return .authorized(exchange)
        case .vend(let requested?):
            do throws(RequestedSessionError) {
                return .authorized(try requested.restricted(for: exchange))
            } catch {
                return .refused(RefusalError(.sessionRefused(error), exchange))
            }
        case .forward(let monitorID):
            guard exchange.grant.monitor.id.isExactly(monitorID) else {
                return .refused(RefusalError(.monitorNotServed, exchange))
            }
            return .authorized(exchange)
        }
    }
}

extension Grant {
    /// Whether the delivery of the grant includes requests of this purpose.
    fileprivate func serves(_ purpose: CredentialsRequest.Purpose) -> Bool {
        switch purpose {
        case .vend: delivery.returnsCredentials
        case .forward: delivery.signsBatches
        }
    }
}

extension App {
    /// Whether this is the monitor of signed-in users and not also that of guests.
    fileprivate func needsToken(for monitorID: String) -> Bool {
        guard let signedIn, signedIn.grant.delivery.signsBatches, signedIn.grant.monitor.id.isExactly(monitorID) else {
            return false
        }
        return guest.map { !$0.monitor.id.isExactly(monitorID) } ?? true
    }
}
