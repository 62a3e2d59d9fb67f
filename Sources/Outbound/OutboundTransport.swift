// SPDX-License-Identifier: Apache-2.0

/// Sends HTTP requests to external servers: one request, one complete response. A redirect is a response like any other
/// and is never followed.
package protocol OutboundTransport: Sendable {
    /// - Parameters:
    ///   - timeout: limit for the whole exchange, from connecting to the last byte of the body.
    ///   - bodyLimit: maximum length of the body in bytes; a longer body is an error and is not truncated.
    func send(
        _ request: OutboundRequest, timeout: Duration, bodyLimit: Int
    ) async throws(OutboundError) -> OutboundResponse
}

/// Why there is no response.
package enum OutboundError: Error, Hashable, Sendable {
    /// No response within the time-out; the server may have processed the request.
    case timedOut
    /// No connection, a broken connection, a TLS failure, or not HTTP. A short fixed description that is safe to log.
    case connection(String)
    /// The body exceeds `limit` bytes.
    case tooLarge(limit: Int)
    case cancelled
    /// All connections that the process may have to this host were in use. Nothing was sent, and this says nothing
    /// about the host.
    case noConnection
}

extension OutboundError {
    /// A description of `noConnection`.
    package static let noConnectionDetail = "all connections to the host are in use"
}
