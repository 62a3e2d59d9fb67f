// SPDX-License-Identifier: Apache-2.0

import BrokerConfiguration

/// What `purser check --kubernetes` prints: the fields of a pod that depend on the configuration.
struct KubernetesPod {
    /// How long a cluster may take to stop sending requests to a pod that is being ended: the endpoint's removal has
    /// to reach every node and load balancer.
    private static let removal = 10
    /// From the end of Purser's own deadline to the kill.
    private static let margin = 2

    private let settings: Settings

    init(_ settings: Settings) {
        self.settings = settings
    }

    /// Seconds before SIGTERM: what `limits.drain` lacks of the time that the removal takes.
    var preStop: Int { max(0, Self.removal - Self.seconds(settings.drain)) }

    /// Seconds: the wait before SIGTERM, Purser's own deadline and a margin.
    var gracePeriod: Int {
        let limits = ShutdownLimits(drain: settings.drain, exchangeTimeout: settings.exchangeTimeout)
        return preStop + Self.seconds(limits.process) + Self.margin
    }

    var yaml: String {
        var lines = [
            "# From `purser check --kubernetes`; goes into the spec of a pod.",
            "terminationGracePeriodSeconds: \(gracePeriod)", "containers:", "  - name: purser",
        ]
        if preStop > 0 {
            lines += [
                "    lifecycle:", "      preStop:",
                "        # Together with limits.drain, the time until no node sends requests to the pod any more.",
                "        sleep: {seconds: \(preStop)}",
            ]
        }
        return (lines + probes).joined(separator: "\n")
    }

    private var probes: [String] {
        guard case .tcp(let host, let port) = settings.admin else {
            return Self.noProbes("the kubelet cannot reach a unix socket; give `admin` a TCP address")
        }
        guard !Self.isLoopback(host) else {
            return Self.noProbes(
                "the kubelet cannot reach \(settings.admin); set `admin: 0.0.0.0:\(port)`, and admit only the kubelet "
                    + "and Prometheus by a NetworkPolicy")
        }
        guard settings.adminTransport.tls?.files.clientCA == nil else {
            return Self.noProbes("the kubelet has no client certificate for admin.tls.client-ca; leave that out")
        }
        let scheme = settings.adminTransport.tls == nil ? "HTTP" : "HTTPS"
        func probe(_ name: String, _ path: String, period: Int, failures: Int) -> [String] {
            [
                "    \(name):", "      httpGet: {path: \(path), port: \(port), scheme: \(scheme)}",
                "      periodSeconds: \(period)", "      timeoutSeconds: 2", "      failureThreshold: \(failures)",
            ]
        }
        return probe("livenessProbe", "/livez", period: 10, failures: 3)
            + probe("readinessProbe", "/readyz", period: 2, failures: 2)
            // A start tries the keys of each issuer once, for at most some seconds.
            + probe("startupProbe", "/startupz", period: 1, failures: 60)
    }

    private static func noProbes(_ reason: String) -> [String] { ["    # No probes: \(reason)."] }

    private static func isLoopback(_ host: String) -> Bool {
        host.hasPrefix("127.") || host == "::1" || host == "localhost"
    }

    /// Rounded up.
    private static func seconds(_ duration: Duration) -> Int { Int((duration / .seconds(1)).rounded(.up)) }
}
