// SPDX-License-Identifier: Apache-2.0

/// The address that a listener binds to.
package struct ListenerAddress: Hashable, Sendable, CustomStringConvertible {
    package let host: String
    /// With 0 the system chooses a port.
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
