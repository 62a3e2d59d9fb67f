// SPDX-License-Identifier: Apache-2.0

extension Broker {
    /// - Throws: `auditFailed` if the event cannot be recorded and the configuration requires that it is.
    func record(_ result: VendResult, for request: CredentialsRequest) throws(VendingError) {
        let receipt = result.vended.receipt
        do throws(AuditError) {
            try ports.audit.record(
                event(request, result.request, receipt.subject, .vended(receipt, hit: result.hit)))
        } catch {
            throw .auditFailed(error)
        }
    }

    /// A refusal reveals nothing, so the caller gets it even if it cannot be recorded.
    func recordRefusal(_ refusal: RefusalError, of request: CredentialsRequest) {
        try? ports.audit.record(
            event(request, refusal.request, refusal.request.flatMap(ports.auditSubject), .refused(refusal.error)))
    }

    private func event(
        _ request: CredentialsRequest, _ exchange: ExchangeRequest?, _ subject: AuditSubject?,
        _ outcome: AuditEvent.Outcome
    ) -> AuditEvent {
        let audience: Grant.Audience = if case .guest = request.audience { .guest } else { .signedIn }
        // Looked up only for a request that was refused before its grant was determined.
        let app = exchange == nil ? apps[request.app] : nil
        return AuditEvent(
            requestID: request.requestID, app: exchange?.grant.app ?? app?.name, audience: audience,
            grant: exchange?.grant ?? (audience == .guest ? app?.guest : app?.signedIn?.grant), token: request.token,
            subject: subject, issuer: exchange?.identity?.issuer, outcome: outcome)
    }
}
