// SPDX-License-Identifier: Apache-2.0

import AWS
import Foundation
import Observability
import Service
import StrictJSON
import Tokens
import Vending

/// What `/readyz?verbose` says: the state of everything that requests need, as one JSON object.
struct HealthReport: Sendable {
    let generations: Generations
    let monitor: EventLoopMonitor

    var health: Health {
        let root = generations.root
        return Self.health(root, GrantStatus.all(root))
    }

    private static func health(_ root: CompositionRoot, _ grants: [GrantStatus]) -> Health {
        Health(
            hasStarted: root.hasStarted, canServe: root.audit.isReady && grants.contains { $0.problem == nil })
    }

    var text: String {
        let root = generations.root
        let grants = GrantStatus.all(root)
        let health = Self.health(root, grants)
        return Self.object([
            ("canServe", "\(health.canServe)"), ("hasStarted", "\(health.hasStarted)"),
            ("configuration", Self.object([("generation", "\(generations.number)")])),
            ("grants", Self.list(grants.map(Self.grant))),
            ("issuers", Self.list(root.authenticator.keyStatus.map { Self.issuer($0.issuer, $0.status) })),
            ("brokerCredentials", credentials(root)),
            ("aws", Self.list(root.metrics.calls.states.map(Self.service))),
            (
                "audit",
                Self.object([
                    ("required", "\(root.audit.isRequired)"), ("writable", "\(root.audit.isWritable)"),
                    ("linesLost", "\(root.audit.lostLines.full + root.audit.lostLines.failed)"),
                ])
            ),
            ("eventLoops", Self.object([("lagSeconds", Self.number(monitor.lag))])),
        ])
    }

    private static func grant(_ status: GrantStatus) -> String {
        object(
            [
                ("app", string(status.grant.app.rawValue)), ("audience", string(status.grant.audience.rawValue)),
                ("exchange", string(status.grant.exchange.kind.rawValue)),
                ("canBeServed", "\(status.problem == nil)"),
            ] + (status.problem.map { [("problem", string($0))] } ?? []))
    }

    private static func issuer(_ issuer: Issuer, _ status: KeySourceStatus) -> String {
        object(
            [
                ("issuer", string(issuer.rawValue)), ("keys", "\(status.keys)"), ("failing", "\(status.failing)"),
            ] + (status.age.map { [("ageSeconds", number($0 / .seconds(1)))] } ?? []))
    }

    private func credentials(_ root: CompositionRoot) -> String {
        let status = root.brokerIdentity.credentials.status
        var members = [("needed", "\(root.settings.needsBrokerCredentials)"), ("valid", "\(status.areValid)")]
        if let source = status.source { members.append(("source", Self.string(source))) }
        if let expiration = status.expiration {
            members.append(("expiration", Self.string(LogTimestamp.format(expiration))))
        }
        if let failure = status.failure { members.append(("failure", Self.string(failure))) }
        return Self.object(members)
    }

    private static func service(_ state: AWSCalls.State) -> String {
        object([
            ("service", string(state.service.rawValue)), ("breakerOpen", "\(state.isBreakerOpen)"),
            ("waiting", "\(state.waiting)"), ("rate", number(state.rate)),
        ])
    }

    private static func string(_ text: String) -> String { JSONText.string(text) }
    private static func number(_ value: Double) -> String { String((value * 1_000).rounded() / 1_000) }
    private static func list(_ items: [String]) -> String { "[" + items.joined(separator: ",") + "]" }
    private static func object(_ members: [(name: String, text: String)]) -> String {
        "{" + members.map { "\(JSONText.string($0.name)):\($0.text)" }.joined(separator: ",") + "}"
    }
}
