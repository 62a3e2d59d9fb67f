// SPDX-License-Identifier: Apache-2.0

/// What all connections of a listener have in common. An object, because there are many connections.
final class ConnectionRules: Sendable {
    let limits: ConnectionLimits
    /// The host names that requests may use; `nil` for any.
    let hosts: AllowedHosts?
    /// Makes the response to an unreadable request, or to a request for another host.
    let refuse: @Sendable (ErrorCode) -> ServiceResponse
    /// Whether the service shuts down, so that each response closes its connection.
    let draining: @Sendable () -> Bool
    /// The open connections of the listener.
    let connections: OpenConnections?
    let now: @Sendable () -> ContinuousClock.Instant

    init(
        limits: ConnectionLimits, hosts: AllowedHosts? = nil,
        refuse: @escaping @Sendable (ErrorCode) -> ServiceResponse,
        draining: @escaping @Sendable () -> Bool, connections: OpenConnections? = nil,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.limits = limits
        self.hosts = hosts
        self.refuse = refuse
        self.draining = draining
        self.connections = connections
        self.now = now
    }
}
