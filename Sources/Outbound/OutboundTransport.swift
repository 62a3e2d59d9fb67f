/// The way out: one request, one whole answer. Redirects are answers like any other and are never followed.
package protocol OutboundTransport: Sendable {
    /// - Parameters:
    ///   - timeout: bound on the whole exchange, from connecting to the last byte of the body.
    ///   - bodyLimit: bytes of body at most; a longer one is a failure, not a truncation.
    func send(
        _ request: OutboundRequest, timeout: Duration, bodyLimit: Int
    ) async throws(OutboundError) -> OutboundResponse
}

/// Why no answer came.
package enum OutboundError: Error, Hashable, Sendable {
    /// Nothing within the time limit; the request may have been acted upon.
    case timedOut
    /// No connection, a broken one, TLS refused, not HTTP. A short fixed description, fit for logs.
    case connection(String)
    /// The body passed its limit, in bytes.
    case tooLarge(limit: Int)
    case cancelled
}
