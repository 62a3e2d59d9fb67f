// SPDX-License-Identifier: Apache-2.0

import BrokerConfiguration
import Foundation
import Logging
import Observability
import ServerTLS
import Service
import ServiceLifecycle

/// The TLS of the listeners that have it: their certificates, which follow the files, and the metrics.
struct ListenerCertificates {
    private struct Listener {
        let name: String
        let tls: ListenerTLS
        let renewal: CertificateRenewal
    }

    let publicTransport: ListenerTransport
    let adminTransport: ListenerTransport
    /// Read the files again until shutdown.
    let watches: [any ServiceLifecycle.Service]
    private let listeners: [Listener]

    init(_ settings: Settings, now: @escaping @Sendable () -> Date, logger: Logger) {
        var listeners: [Listener] = []
        var watches: [any ServiceLifecycle.Service] = []
        func transport(_ name: String, _ settings: TransportSettings) -> ListenerTransport {
            let mode = settings.socketMode ?? ListenerTransport.socketMode
            guard let configured = settings.tls else { return ListenerTransport(socketMode: mode) }
            let tls = ListenerTLS(configured.identity)
            let renewal = CertificateRenewal(
                of: tls, listener: name, material: configured.material, now: now, logger: logger)
            listeners.append(Listener(name: name, tls: tls, renewal: renewal))
            let files = configured.files
            watches.append(CertificateWatch(renewal: renewal) { await files.reread() })
            return ListenerTransport(tls: tls, socketMode: mode)
        }
        publicTransport = transport("public", settings.listenTransport)
        adminTransport = transport("admin", settings.adminTransport)
        self.listeners = listeners
        self.watches = watches
    }

    /// None if no listener has TLS.
    var families: [MetricFamily] {
        guard !listeners.isEmpty else { return [] }
        let listeners = listeners
        func family(
            _ name: String, _ kind: MetricFamily.Kind, help: String,
            _ values: @escaping @Sendable (Listener) -> [(outcome: String?, value: Double)]
        ) -> MetricFamily {
            MetricFamily(name, kind, help: help) {
                listeners.flatMap { listener in
                    values(listener).map { outcome, value in
                        .init(
                            [("listener", listener.name)] + (outcome.map { [("outcome", $0)] } ?? []), value)
                    }
                }
            }
        }
        return [
            family(
                "purser_tls_certificate_expiry_timestamp_seconds", .gauge,
                help: "When a listener's certificate expires, in Unix time."
            ) {
                [(nil, $0.tls.current.expires.timeIntervalSince1970)]
            },
            family(
                "purser_tls_certificate_changes_total", .counter,
                help: "Changes of a listener's certificate files, by whether they took effect."
            ) {
                [("applied", Double($0.renewal.applied)), ("refused", Double($0.renewal.refused))]
            },
            family(
                "purser_tls_handshakes_total", .counter,
                help: "TLS handshakes; connections that end before the handshake does count as failed."
            ) {
                [("completed", Double($0.tls.completedHandshakes)), ("failed", Double($0.tls.failedHandshakes))]
            },
        ]
    }
}
