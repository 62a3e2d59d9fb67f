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
            let authorized = try await authorizeForwarding(request)
            let forwarded = try await send(batch, authorized, request)
            ports.meter.forwarded(.forwarded, bytes: batch.body.count)
            return forwarded
        } catch {
            ports.meter.forwarded(ForwardingOutcome(error), bytes: batch.body.count)
            throw error
        }
    }

    private func authorizeForwarding(
        _ request: CredentialsRequest
    ) async throws(ForwardingError) -> ExchangeRequest {
        do throws(RefusalError) {
            return try await authorize(request, decide(request, at: ports.now()))
        } catch {
            recordRefusal(error, of: request)
            throw .refused(error.error)
        }
    }

    /// Reads the batch if the app has a rule for its user details. Called once the rate limiter admits the batch, so
    /// that the limit applies to the work of reading too. A large batch takes milliseconds, in which an event loop would
    /// serve nobody, so the work has another thread.
    private func check(_ batch: Batch, of authorized: ExchangeRequest) async throws(BatchError) {
        guard let identity = authorized.identity, let rule = apps[authorized.grant.app]?.signedIn?.userDetails,
            rule != .any
        else { return }
        let userID = try await withTaskExecutorPreference(globalConcurrentExecutor) { () throws(BatchError) in
            try ports.batches.userID(in: batch)
        }
        guard rule.admits(userID, of: identity) else {
            throw BatchError("UserDetails.userId does not match the user")
        }
    }

    private func send(
        _ batch: Batch, _ authorized: ExchangeRequest, _ request: CredentialsRequest
    ) async throws(ForwardingError) -> Forwarded {
        let session = try await session(authorized, request)
        do throws(DeliveryError) {
            return try await put(batch, session) { batch async throws(BatchError) in
                try await check(batch, of: authorized)
            }
        } catch {
            if error.kind == .batchRefused {
                let refusal = RefusalError(.userDetailsRefused(error.detail), authorized)
                recordRefusal(refusal, of: request)
                throw .refused(refusal.error)
            }
            // A batch whose signature AWS rejects has not been delivered, so one retry with another session is safe.
            guard error.kind == .credentialsRejected, let key = authorized.cacheKey,
                cache.drop(session.vended, of: key)
            else {
                throw .undelivered(error)
            }
        }
        let renewed = try await self.session(authorized, request)
        do throws(DeliveryError) {
            return try await put(batch, renewed) { _ in }
        } catch {
            throw .undelivered(error)
        }
    }

    private func put(
        _ batch: Batch, _ session: VendResult, checking check: (Batch) async throws(BatchError) -> Void
    ) async throws(DeliveryError) -> Forwarded {
        let request = session.request
        let delivery = try await ports.dataPlane.put(
            batch, to: request.grant.monitor, for: request.share, with: session.vended.credentials, checking: check)
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
