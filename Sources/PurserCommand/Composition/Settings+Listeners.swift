// SPDX-License-Identifier: Apache-2.0

import BrokerConfiguration
import Service

extension ListenAddress {
    /// As `Service` takes it.
    var listener: ListenerAddress {
        switch self {
        case .tcp(let host, let port): .tcp(host: host, port: port)
        case .unix(let path): .unix(path: path)
        }
    }
}

extension ListenerAddress {
    /// As `Settings` contains it.
    var setting: ListenAddress {
        switch self {
        case .tcp(let host, let port): .tcp(host: host, port: port)
        case .unix(let path): .unix(path: path)
        }
    }
}

extension ConnectionSettings {
    /// As `Service` takes it.
    var limits: ConnectionLimits {
        var limits = ConnectionLimits()
        limits.connections = connections
        limits.headerTimeout = headerTimeout
        limits.idleTimeout = idleTimeout
        return limits
    }
}

extension Settings {
    /// As `Service` takes them.
    var proxies: TrustedProxies {
        TrustedProxies(trustedProxies, sendProxyHeader: proxyProtocol, includesSocketPeers: trustsSocketPeers)
    }

    /// Lowers `limits.connections` to what the process's limit of file descriptors allows.
    /// - Returns: a message for the operator; `nil` if the limit is unchanged.
    mutating func fit(files: Int) -> String? {
        let configured = connections.connections
        let allowed = FileDescriptors.connections(under: files, outbound: outboundConnections(files: files))
        guard configured > allowed else { return nil }
        connections.connections = allowed
        return "limits.connections lowered from \(configured) to \(allowed), since the process may have \(files) "
            + "files; raise that (ulimit -n) or lower the setting"
    }
}
