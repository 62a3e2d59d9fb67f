/// The bounds of connections that the configuration can set; the defaults are those of `docs/configuration.md`.
package struct ConnectionSettings: Sendable {
    /// Open connections of the public listener at most.
    package var connections = 10_000
    /// The time within which a request's header fields must arrive.
    package var headerTimeout = Duration.seconds(10)
    /// The time after which a connection without a request is closed.
    package var idleTimeout = Duration.seconds(60)
}
