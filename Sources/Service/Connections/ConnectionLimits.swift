/// The bounds of one listener's connections.
package struct ConnectionLimits: Sendable {
    /// Connections at most; further ones wait in the kernel's queue.
    package var connections = 10_000
    /// A request, from the connection's or its own first byte to its last, must arrive within this time.
    package var headerTimeout: Duration = .seconds(10)
    /// A connection without a request is closed after this time.
    package var idleTimeout: Duration = .seconds(60)
    /// Bytes of all header fields together. Above the largest token, which is then refused as one.
    package var headerBytes = 32 << 10
    /// Bytes of a request's body.
    package var bodyBytes = 64 << 10
    /// A request whose body is read must arrive within this time in all (or `headerTimeout`, where that is longer).
    package var bodyTimeout: Duration = .seconds(30)
    /// Bytes a second, from `headerTimeout` on: who sends slower is cut off before `bodyTimeout`.
    package var bodyRate = 32 << 10
    /// Bytes of bodies that are read, over all connections, at once in memory.
    package var bodyBudget = 64 << 20
    /// After the last answer on a connection, how long to wait for further bytes of the other side (and in all at most
    /// ten times that), so that the answer arrives before the connection is reset; at shutdown, how long an idle connection may still bring the request
    /// that is on its way.
    package var linger: Duration = .milliseconds(500)

    package init() {}
}
