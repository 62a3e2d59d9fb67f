// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Foundation
import Observability
import Service
import Vending

/// Writes JSON lines about vends and refusals. A line names the user by pseudonym and contains no secret.
struct AuditLog: AuditTrail {
    let isRequired: Bool
    let recordsHits: Bool

    private let sink: LogSink?
    private let sampler: LineSampler
    private let clients: ClientNames
    private let now: @Sendable () -> Date

    /// - Parameters:
    ///   - sink: `nil` discards events.
    ///   - isRequired: whether credentials are returned only after their line is written.
    ///   - recordsHits: whether cache hits have lines.
    init(
        sink: LogSink?, isRequired: Bool, recordsHits: Bool, clients: ClientNames,
        sampler: LineSampler = LineSampler(), now: @escaping @Sendable () -> Date
    ) {
        self.sink = sink
        self.isRequired = isRequired && sink != nil
        self.recordsHits = recordsHits && sink != nil
        self.sampler = sampler
        self.clients = clients
        self.now = now
    }

    /// Whether the trail permits that credentials are returned: if lines are required, they can be written.
    var isReady: Bool { !isRequired || isWritable }

    /// Whether the last write succeeded, and no line is late.
    var isWritable: Bool { sink?.isHealthy != false }

    /// Audit lines lost since the start, because the buffer was full or a write failed.
    var lostLines: (full: Int, failed: Int) {
        guard let lost = sink?.lostLines else { return (0, 0) }
        return (lost.full.audit + lost.full.refusal, lost.failed.audit + lost.failed.refusal)
    }

    func record(_ event: AuditEvent) async throws(AuditError) {
        guard let sink else { return }
        do throws(LogWriteError) {
            try await sink.writeConfirmed(line(event), .audit)
        } catch {
            throw AuditError("the audit event can't be written: \(error)")
        }
    }

    func enqueue(_ event: AuditEvent) { sink?.write(line(event), .audit) }

    func recordRefusal(_ event: AuditEvent) {
        guard let sink, case .refused(let error) = event.outcome, sampler.admits(ServiceError(error).reason) else {
            return
        }
        sink.write(line(event), .refusal)
    }

    /// Writes a line about the refusals that the sampler has omitted since the last call, if there are any.
    func recordOmittedRefusals() {
        let omitted = sampler.takeOmitted()
        guard let sink, !omitted.isEmpty else { return }
        var line = JSONLine()
        line.add("time", time: now())
        line.add("level", "info")
        line.add("message", "audit")
        line.add("event", "refusals not recorded")
        line.add(omitted: omitted)
        sink.write(line.finished(), .refusal)
    }

    private func line(_ event: AuditEvent) -> [UInt8] {
        var line = JSONLine()
        line.add("time", time: now())
        line.add("level", "info")
        line.add("message", "audit")
        switch event.outcome {
        case .vended: line.add("event", "vended")
        case .refused: line.add("event", "refused")
        }
        line.add("requestId", event.requestID)
        if let app = event.app { line.add("app", app.rawValue) }
        clients.add(event.client, to: &line)
        line.add("audience", event.audience.rawValue)
        if let token = event.token {
            line.add("tokenHash", String(SHA256.Digest(words: token.digest.words).hex.prefix(16)))
        }
        switch event.outcome {
        case .vended(let receipt, let hit):
            line.add("hit", hit)
            if let grant = event.grant { Self.add(grant, event.issuer, event.subject, to: &line) }
            line.add("accessKeyId", receipt.accessKeyID)
            if let parent = receipt.parentAccessKeyID { line.add("parentAccessKeyId", parent) }
            line.add("expiration", LogTimestamp.format(receipt.expiration))
            if let request = receipt.requestID { line.add("awsRequestId", request) }
        case .refused(let error):
            line.add("reason", ServiceError(error).reason)
            if let grant = event.grant { Self.add(grant, event.issuer, event.subject, to: &line) }
        }
        return line.finished()
    }

    private static func add(_ grant: Grant, _ issuer: Issuer?, _ holder: AuditSubject?, to line: inout JSONLine) {
        line.add("monitor", grant.monitor.name)
        line.add("exchange", grant.exchange.kind.rawValue)
        if let issuer { line.add("issuer", issuer.rawValue) }
        if let holder {
            line.add("pseudonym", holder.pseudonym.text)
            line.add("sealed", whole: holder.sealed)
            if let subject = holder.subject { line.add("subject", whole: subject.rawValue) }
        }
    }
}
