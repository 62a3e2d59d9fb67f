// SPDX-License-Identifier: Apache-2.0

/// The address that a listener binds to.
package enum ListenerAddress: Hashable, Sendable, CustomStringConvertible {
    /// With port 0 the system chooses a port.
    case tcp(host: String, port: Int)
    /// A unix socket, by its absolute path.
    case unix(path: String)

    package init(host: String, port: Int) { self = .tcp(host: host, port: port) }

    package var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }

    /// Whether the listener accepts connections to any of the machine's addresses.
    var isWildcard: Bool {
        switch self {
        case .tcp(let host, _): host == "0.0.0.0" || host == "::"
        case .unix: false
        }
    }

    /// The same address with the port that the system chose, if it did.
    func bound(to port: Int?) -> ListenerAddress {
        guard case .tcp(let host, let configured) = self else { return self }
        return .tcp(host: host, port: port ?? configured)
    }
}
