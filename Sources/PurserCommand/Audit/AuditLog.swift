// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Foundation
import Observability
import Service
import Vending

/// Writes one JSON line for each vend and each refusal. A line names the user by pseudonym and contains no secret.
struct AuditLog: AuditTrail {
    private let sink: LogSink?
    private let isRequired: Bool
    private let now: @Sendable () -> Date

    /// - Parameters:
    ///   - sink: `nil` discards events.
    ///   - isRequired: whether a line that can't be written is an error. If so, `record` waits for the write.
    init(sink: LogSink?, isRequired: Bool, now: @escaping @Sendable () -> Date) {
        self.sink = sink
        self.isRequired = isRequired
        self.now = now
    }

    func record(_ event: AuditEvent) throws(AuditError) {
        guard let sink else { return }
        let line = line(event)
        guard isRequired else { return sink.write(line) }
        let error = sink.writeThrough(line)
        guard error == 0 else {
            throw AuditError("the audit event can't be written: \(errorText(error))")
        }
    }

    func describe(
        _ credentials: TemporaryCredentials, _ grant: Grant, _ issuer: Issuer?, _ holder: AuditSubject?
    ) -> [UInt8] {
        guard sink != nil else { return [] }
        var line = JSONLine()
        Self.add(grant, issuer, holder, to: &line)
        line.add("accessKeyId", credentials.accessKeyID)
        line.add("expiration", LogTimestamp.format(credentials.expiration))
        if let request = credentials.requestID { line.add("awsRequestId", request) }
        return line.members()
    }

    private func line(_ event: AuditEvent) -> [UInt8] {
        var line = JSONLine()
        line.add("time", LogTimestamp.format(now()))
        line.add("message", "audit")
        switch event.outcome {
        case .vended: line.add("event", "vended")
        case .refused: line.add("event", "refused")
        }
        line.add("requestId", event.requestID)
        if let app = event.app { line.add("app", app.rawValue) }
        line.add("audience", event.audience.rawValue)
        if let token = event.token {
            line.add("tokenHash", String(SHA256.Digest(words: token.digest.words).hex.prefix(16)))
        }
        switch event.outcome {
        case .vended(let receipt, let hit):
            line.add("hit", hit)
            line.add(members: receipt.description)
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
