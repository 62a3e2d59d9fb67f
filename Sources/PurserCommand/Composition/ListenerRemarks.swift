// SPDX-License-Identifier: Apache-2.0

import BrokerConfiguration
import Foundation
import ServerTLS

/// Warnings about listeners that work, but perhaps not as the operator expects.
enum ListenerRemarks {
    /// The idle time-out of AWS's Application Load Balancer by default.
    private static let balancerIdleTimeout = Duration.seconds(60)

    /// For the start and for `purser check`.
    static func texts(_ settings: Settings) -> [String] {
        var texts: [String] = []
        if case .unix = settings.listen, !settings.trustsSocketPeers {
            texts.append(
                "listen: clients of a unix socket have no address, so client-rate, failure-rate and client-connections "
                    + "have no effect; add unix to trusted-proxies, so that X-Forwarded-For or the PROXY protocol names "
                    + "the clients")
        }
        let isBehindProxies = !settings.trustedProxies.isEmpty || settings.trustsSocketPeers
        let idleTimeout = settings.connections.idleTimeout
        if isBehindProxies, idleTimeout <= balancerIdleTimeout {
            texts.append(
                "limits.idle-timeout: \(Int(idleTimeout / .seconds(1)))s is not longer than the 60s after which load "
                    + "balancers close idle connections, so that a request may meet a connection that Purser closes")
        }
        return texts
    }

    /// For `purser check` only.
    static func forCheck(_ settings: Settings) -> [String] {
        transports(settings).flatMap { name, tls -> [String] in
            var texts: [String] = []
            let left = tls.identity.expires.timeIntervalSinceNow
            if left < CertificateRenewal.notice {
                texts.append(
                    "\(name).tls.certificate: expires at \(tls.identity.expires.formatted(.iso8601)), in "
                        + "\(Int(left / 86_400)) days")
            }
            if tls.files.keyIsReadableByGroup {
                texts.append("\(name).tls.key: \(tls.files.key.path) may be read by its group")
            }
            return texts
        }
    }

    private static func transports(_ settings: Settings) -> [(name: String, tls: TLSSettings)] {
        [("listen", settings.listenTransport.tls), ("admin", settings.adminTransport.tls)].compactMap { name, tls in
            tls.map { (name, $0) }
        }
    }
}
