import BrokerConfiguration
import Service

extension ListenAddress {
    /// The same for the listeners.
    var listener: ListenerAddress { ListenerAddress(host: host, port: port) }
}

extension ListenerAddress {
    /// The same as the configuration has it.
    var setting: ListenAddress { ListenAddress(host: host, port: port) }
}

extension ConnectionSettings {
    /// The same for the listeners.
    var limits: ConnectionLimits {
        var limits = ConnectionLimits()
        limits.connections = connections
        limits.headerTimeout = headerTimeout
        limits.idleTimeout = idleTimeout
        return limits
    }
}

extension Settings {
    /// Lowers `limits.connections` to what the process's limit of file descriptors allows.
    /// - Returns: what the operator should know, where the limit was lowered.
    mutating func fit(files: Int) -> String? {
        let (wanted, most) = (connections.connections, FileDescriptors.connections(under: files))
        guard wanted > most else { return nil }
        connections.connections = most
        return "limits.connections lowered from \(wanted) to \(most), since the process may have \(files) files; "
            + "raise that (ulimit -n) or lower the setting"
    }
}
