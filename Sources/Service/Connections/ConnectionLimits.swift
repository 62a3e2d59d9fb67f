// SPDX-License-Identifier: Apache-2.0

/// The limits of one listener's connections.
package struct ConnectionLimits: Sendable {
    /// Open connections; the kernel queues further ones.
    package var connections = 10_000
    /// A request must arrive within this time. The time starts with the connection, and again with each request's
    /// header fields.
    package var headerTimeout: Duration = .seconds(10)
    /// Time after which a connection without a request is closed.
    package var idleTimeout: Duration = .seconds(75)
    /// Bytes of all header fields together. Larger than the largest token, so that an oversized token is rejected as a
    /// token.
    package var headerBytes = 32 << 10
    /// Bytes of a request body that no wire reads.
    package var bodyBytes = 64 << 10
    /// A request whose body is read must arrive in full within this time, or within `headerTimeout` if that is longer.
    package var bodyTimeout: Duration = .seconds(30)
    /// Minimum rate of a body after `headerTimeout`, in bytes per second: a slower connection is closed before
    /// `bodyTimeout`.
    package var bodyRate = 32 << 10
    /// Bytes of request bodies in memory at once, over all connections.
    package var bodyBudget = 64 << 20
    /// A client must read what was written within this time; otherwise the connection is closed. The time starts again
    /// whenever the connection becomes writable.
    package var writeTimeout: Duration = .seconds(30)
    /// The same, and the time for a request to arrive in full, once the service shuts down.
    package var shutdownTimeout: Duration = .seconds(4)
    /// Bytes of a request's path, without the query.
    package var pathBytes = 512
    /// How long a connection stays half open after its last response and after each further byte, in all at most ten
    /// times as long, so that the response arrives before a reset. At shutdown, how long an idle connection may still
    /// receive a request that is in transit.
    package var linger: Duration = .milliseconds(500)

    package init() {}
}
