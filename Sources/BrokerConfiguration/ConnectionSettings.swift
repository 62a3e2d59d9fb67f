// SPDX-License-Identifier: Apache-2.0

/// The configurable limits of connections. The defaults are those in `docs/configuration.md`.
package struct ConnectionSettings: Sendable {
    /// Maximum number of open connections of the public listener.
    package var connections = 10_000
    /// Maximum number of open connections of one client network.
    package var clientConnections = 2_000
    /// The time within which a request's header fields must arrive.
    package var headerTimeout = Duration.seconds(10)
    /// The time after which a connection without a request is closed.
    package var idleTimeout = Duration.seconds(75)
}
