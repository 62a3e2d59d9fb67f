// SPDX-License-Identifier: Apache-2.0

import Hummingbird
package import ServerTLS

/// How connections to a listener are made, apart from its address.
package struct ListenerTransport: Sendable {
    /// Permission bits of a unix socket: its owner and its group may connect.
    package static let socketMode: UInt32 = 0o660

    /// `nil` for plain HTTP.
    let tls: ListenerTLS?
    private let socketMode: UInt32

    /// - Parameter socketMode: permission bits of a unix socket; ignored for other addresses.
    package init(tls: ListenerTLS? = nil, socketMode: UInt32 = socketMode) {
        self.tls = tls
        self.socketMode = socketMode
    }

    /// `nil` if the address is no unix socket.
    func socket(at address: ListenerAddress) -> UnixSocket? {
        guard case .unix(let path) = address else { return nil }
        return UnixSocket(path: path, mode: socketMode)
    }

    /// As Hummingbird takes it.
    func bindAddress(of address: ListenerAddress, _ socket: UnixSocket?) -> BindAddress {
        switch address {
        case .tcp(let host, let port): .hostname(host, port: port)
        case .unix(let path): .unixDomainSocket(path: socket?.bindPath ?? path)
        }
    }
}
