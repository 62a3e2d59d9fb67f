// SPDX-License-Identifier: Apache-2.0

/// The address of a listener, as written in the configuration.
package enum ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// `host` is a name, an IPv4 address, or an IPv6 address without brackets. Port 0 lets the system choose a free one.
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

    /// Whether no other listener can have the same address.
    var isExclusive: Bool {
        if case .tcp(_, port: 0) = self { return false }
        return true
    }
}
