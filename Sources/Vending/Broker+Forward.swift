import StrictJSON

extension Broker {
    /// Passes a batch on to the data plane, signed with the caller's own session: the very one that the credentials
    /// endpoints hand out, had and kept in the same way. Guests share one, whatever `guestSessions` says.
    ///
    /// An audit event tells of the first batch of each session and of each refusal; none of other batches.
    package func forward(_ batch: Batch, _ ask: ForwardingRequest) async throws(ForwardingError) -> Forwarded {
        do throws(ForwardingError) {
            let forwarded = try await attempt(batch, ask)
            ports.meter.forwarded(.forwarded, bytes: batch.body.count)
            return forwarded
        } catch {
            ports.meter.forwarded(ForwardingOutcome(error), bytes: batch.body.count)
            throw error
        }
    }

    private func attempt(_ batch: Batch, _ ask: ForwardingRequest) async throws(ForwardingError) -> Forwarded {
        let request = try await admit(batch, ask)
        let session = try await session(for: request, ask.ask)
        do throws(DeliveryError) {
            return try await put(batch, request, session)
        } catch {
            // What AWS takes from nobody has not arrived, so it may go again; but only with something new.
            guard error.kind == .credentialsRejected, let key = request.cacheKey,
                cache.drop(session.vended, of: key)
            else {
                throw .undelivered(error)
            }
        }
        let renewed = try await self.session(for: request, ask.ask)
        do throws(DeliveryError) {
            return try await put(batch, request, renewed)
        } catch {
            throw .undelivered(error)
        }
    }

    private func put(
        _ batch: Batch, _ request: ExchangeRequest, _ session: VendResult
    ) async throws(DeliveryError) -> Forwarded {
        let delivery = try await ports.dataPlane.put(
            batch, to: request.grant.monitor, for: request.grant.app, with: ports.decode(session.vended))
        return Forwarded(delivery: delivery, hit: session.hit)
    }

    private func admit(_ batch: Batch, _ ask: ForwardingRequest) async throws(ForwardingError) -> ExchangeRequest {
        var request: ExchangeRequest?
        do throws(VendingError) {
            guard let app = app(ask.ask.app) else { throw .appUnknown }
            if case .guest = ask.ask.audience, app.needsToken(for: ask.monitorID) { throw .tokenMissing }
            let authorized = try await authorize(ask.ask.audience, for: app, guestsShare: true, &request)
            guard authorized.grant.monitor.id.isExactly(ask.monitorID) else { throw .monitorNotServed }
            if let identity = authorized.identity, let rule = app.signedIn?.userDetails, rule != .any {
                try check(batch, rule, identity)
            }
            return authorized
        } catch {
            refused(ask.ask, request, error)
            throw .refused(error)
        }
    }

    private func check(
        _ batch: Batch, _ rule: UserDetailsRule, _ identity: VerifiedIdentity
    ) throws(VendingError) {
        let userID: String?
        do throws(BatchError) {
            userID = try ports.batches.userID(in: batch)
        } catch {
            throw .userDetailsRefused(error.detail)
        }
        guard rule.admits(userID, of: identity) else {
            throw .userDetailsRefused("UserDetails.userId is not the user's own")
        }
    }

    private func session(
        for request: ExchangeRequest, _ ask: CredentialsRequest
    ) async throws(ForwardingError) -> VendResult {
        do throws(VendingError) {
            let vend = try await credentials(for: request)
            guard vend.vended.beginsForwarding() else { return vend }
            do throws(AuditError) {
                try ports.audit.record(event(ask, request, .vended(vend.vended.receipt, hit: vend.hit)))
            } catch {
                vend.vended.forwardingNotRecorded()
                throw VendingError.auditFailed(error)
            }
            return vend
        } catch {
            refused(ask, request, error)
            throw .refused(error)
        }
    }
}

extension App {
    /// Whether it is the monitor of signed-in users, and not a guest's.
    fileprivate func needsToken(for monitorID: String) -> Bool {
        guard let signedIn, signedIn.grant.monitor.id.isExactly(monitorID) else { return false }
        return guest.map { !$0.monitor.id.isExactly(monitorID) } ?? true
    }
}
