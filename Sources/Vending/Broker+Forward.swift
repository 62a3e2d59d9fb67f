// SPDX-License-Identifier: Apache-2.0

extension Broker {
    /// Sends a batch to the data plane, signed with the caller's session: the same one that the credentials endpoints
    /// return, cached in the same way. Guests share one session, whatever the value of `guestSessions`.
    ///
    /// The audit trail has an event for the first batch of each session and for each refusal, and none for other
    /// batches.
    /// - Parameter request: with the purpose `forward`.
    package func forward(
        _ batch: Batch, _ request: CredentialsRequest
    ) async throws(ForwardingError) -> Forwarded {
        do throws(ForwardingError) {
            let authorized = try await authorize(batch, request, decide(request, at: ports.now()))
            let forwarded = try await send(batch, authorized, request)
            ports.meter.forwarded(.forwarded, bytes: batch.body.count)
            return forwarded
        } catch {
            ports.meter.forwarded(ForwardingOutcome(error), bytes: batch.body.count)
            throw error
        }
    }

    private func authorize(
        _ batch: Batch, _ request: CredentialsRequest, _ decision: Decision
    ) async throws(ForwardingError) -> ExchangeRequest {
        do throws(RefusalError) {
            let authorized = try await authorize(request, decision)
            if let identity = authorized.identity, let rule = apps[request.app]?.signedIn?.userDetails, rule != .any {
                try check(batch, rule, identity, authorized)
            }
            return authorized
        } catch {
            recordRefusal(error, of: request)
            throw .refused(error.error)
        }
    }

    private func check(
        _ batch: Batch, _ rule: UserDetailsRule, _ identity: VerifiedIdentity, _ authorized: ExchangeRequest
    ) throws(RefusalError) {
        let userID: String?
        do throws(BatchError) {
            userID = try ports.batches.userID(in: batch)
        } catch {
            throw RefusalError(.userDetailsRefused(error.detail), authorized)
        }
        guard rule.admits(userID, of: identity) else {
            throw RefusalError(.userDetailsRefused("UserDetails.userId does not match the user"), authorized)
        }
    }

    private func send(
        _ batch: Batch, _ authorized: ExchangeRequest, _ request: CredentialsRequest
    ) async throws(ForwardingError) -> Forwarded {
        let session = try await session(authorized, request)
        do throws(DeliveryError) {
            return try await put(batch, session)
        } catch {
            // A batch whose signature AWS rejects has not been delivered, so one retry with another session is safe.
            guard error.kind == .credentialsRejected, let key = authorized.cacheKey,
                cache.drop(session.vended, of: key)
            else {
                throw .undelivered(error)
            }
        }
        let renewed = try await self.session(authorized, request)
        do throws(DeliveryError) {
            return try await put(batch, renewed)
        } catch {
            throw .undelivered(error)
        }
    }

    private func put(_ batch: Batch, _ session: VendResult) async throws(DeliveryError) -> Forwarded {
        let grant = session.request.grant
        let delivery = try await ports.dataPlane.put(
            batch, to: grant.monitor, for: grant.app, with: session.vended.credentials)
        return Forwarded(delivery: delivery, hit: session.hit)
    }

    private func session(
        _ authorized: ExchangeRequest, _ request: CredentialsRequest
    ) async throws(ForwardingError) -> VendResult {
        let result: VendResult
        do throws(RefusalError) {
            result = try await credentials(for: authorized)
        } catch {
            recordRefusal(error, of: request)
            throw .refused(error.error)
        }
        do throws(VendingError) {
            try await record(result, as: .forwarding, for: request)
        } catch {
            throw .refused(error)
        }
        return result
    }
}
