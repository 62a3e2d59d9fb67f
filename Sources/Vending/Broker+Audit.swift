// SPDX-License-Identifier: Apache-2.0

extension Broker {
    /// Records that a session is used: its first use always, later ones if the trail records cache hits.
    ///
    /// Where the trail is required, a session counts as recorded only when its event is stored, so after an error the
    /// next request tries again. Elsewhere, exactly one of the requests that share a session records it.
    /// - Throws: `auditFailed` if the event is required and cannot be stored.
    func record(
        _ result: VendResult, as use: VendedCredentials.Use = .delivery, for request: CredentialsRequest
    ) async throws(VendingError) {
        guard ports.audit.isRequired else { return enqueue(result, as: use, for: request) }
        let isFirst = !result.vended.isRecorded(use)
        guard isFirst || recordsEach(use) else { return }
        do throws(AuditError) {
            try await ports.audit.record(event(result, use, isFirst: isFirst, for: request))
        } catch {
            let failure = VendingError.auditFailed(error)
            recordRefusal(RefusalError(failure, result.request), of: request)
            throw failure
        }
        result.vended.setRecorded(use)
    }

    /// Whether `recordAtOnce` can record a cache hit. It cannot if an event must be stored first.
    func canRecordAtOnce(_ vended: VendedCredentials) -> Bool {
        !ports.audit.isRequired || vended.isRecorded(.delivery) && !ports.audit.recordsHits
    }

    /// As `record`, for a cache hit and without suspension.
    func recordAtOnce(_ result: VendResult, for request: CredentialsRequest) {
        if !ports.audit.isRequired { enqueue(result, as: .delivery, for: request) }
    }

    /// A refusal reveals nothing, so the caller gets it whether it is recorded or not.
    func recordRefusal(_ refusal: RefusalError, of request: CredentialsRequest) {
        ports.audit.recordRefusal(
            event(request, refusal.request, .refused(refusal.error)))
    }

    private func enqueue(_ result: VendResult, as use: VendedCredentials.Use, for request: CredentialsRequest) {
        let isFirst = result.vended.claimRecord(of: use)
        if isFirst || recordsEach(use) {
            ports.audit.enqueue(event(result, use, isFirst: isFirst, for: request))
        }
    }

    /// Whether uses after the first one have events. Batches never have: `purser_forwarded_total` counts them.
    private func recordsEach(_ use: VendedCredentials.Use) -> Bool { use == .delivery && ports.audit.recordsHits }

    private func event(
        _ result: VendResult, _ use: VendedCredentials.Use, isFirst: Bool, for request: CredentialsRequest
    ) -> AuditEvent {
        let hit = use == .delivery ? !isFirst : result.hit
        return event(request, result.request, .vended(Receipt(result.vended), hit: hit))
    }

    private func event(
        _ request: CredentialsRequest, _ exchange: ExchangeRequest?, _ outcome: AuditEvent.Outcome
    ) -> AuditEvent {
        let audience: Grant.Audience = if case .guest = request.audience { .guest } else { .signedIn }
        // Looked up only for a request that was refused before its grant was determined.
        let app = exchange == nil ? apps[request.app] : nil
        return AuditEvent(
            requestID: request.requestID, client: request.client, app: exchange?.grant.app ?? app?.name,
            audience: audience,
            grant: exchange?.grant ?? (audience == .guest ? app?.guest : app?.signedIn?.grant), token: request.token,
            subject: exchange.flatMap(ports.auditSubject), issuer: exchange?.identity?.issuer, outcome: outcome)
    }
}
