// SPDX-License-Identifier: Apache-2.0

private import AsyncHTTPClient
private import NIOCore
private import NIOHTTP1

/// The transport over real sockets. The process has one; shut it down after the last request.
///
/// It speaks HTTP/1.1 only, follows no redirects, reads no proxy from the environment and does not decompress. Its
/// connection pool reuses connections.
package final class OutboundClient: OutboundTransport {
    /// Enough for commands, and the least for a broker.
    package static let defaultConnectionsPerHost = 64

    private let client: HTTPClient
    private let connectTimeout: Duration
    private let slots: ConnectionSlots
    private let urls = ParsedURLs()

    /// - Parameters:
    ///   - connectTimeout: limit for connecting (TCP, TLS), within the request's own time-out, and for the wait for a
    ///     connection before that.
    ///   - connectionsPerHost: further concurrent requests wait for a connection, up to `connectTimeout` and half of
    ///     their own time-out, and then fail with `noConnection`.
    package init(
        connectTimeout: Duration = .seconds(2), connectionsPerHost: Int = defaultConnectionsPerHost
    ) {
        self.connectTimeout = connectTimeout
        slots = ConnectionSlots(perHost: connectionsPerHost)
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .nanoseconds(connectTimeout.nanoseconds)),
            proxy: nil,
            decompression: .disabled
        )
        configuration.httpVersion = .http1Only
        // `slots` is the limit. The pool's own is higher, since it also counts connections that are being closed.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 2 * connectionsPerHost
        // A refused connection fails at once; the caller decides whether to retry.
        configuration.connectionPool.retryConnectionEstablishment = false
        // Without a tracer, the client would still describe each request to one that ignores it.
        configuration.tracing.tracer = nil
        configuration.http1_1ConnectionDebugInitializer = { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(FlushCoalescer(), position: .first)
            }
        }
        client = HTTPClient(configuration: configuration)
    }

    /// Cancels requests in flight and closes the connections. Takes up to `connectTimeout` while a connection is being
    /// established. Nothing may be sent afterwards.
    package func shutdown() async {
        do {
            try await client.shutdown()
        } catch {
            // The only error is that the client is already shut down, which is the intended state.
        }
    }

    package func send(
        _ request: OutboundRequest, timeout: Duration, bodyLimit: Int
    ) async throws(OutboundError) -> OutboundResponse {
        guard timeout > .zero else { throw .timedOut }
        let start = ContinuousClock.now
        let target = try target(of: request)
        // At most half of the time, so that a time-out afterwards still says something about the host.
        try await slots.take(target.host, within: min(connectTimeout, timeout / 2))
        defer { slots.release(target.host) }
        let deadline = start + timeout
        guard ContinuousClock.now < deadline else { throw .noConnection }
        return try await exchange(filled(target.request, from: request), until: deadline, bodyLimit: bodyLimit)
    }

    private func target(of request: OutboundRequest) throws(OutboundError) -> ParsedURLs.Parsed {
        do {
            return try urls.parse(request.method, request.url)
        } catch {
            throw OutboundError(error)
        }
    }

    /// One call of the client and one suspension: the client's deadline covers the exchange up to the last byte of the
    /// body, and where the caller runs on one of its event loops, everything happens there.
    private func exchange(
        _ request: HTTPClient.Request, until deadline: ContinuousClock.Instant, bodyLimit: Int
    ) async throws(OutboundError) -> OutboundResponse {
        let left = ContinuousClock.now.duration(to: deadline)
        let task = client.execute(
            request: request, delegate: ResponseCollector(limit: bodyLimit),
            deadline: .now() + .nanoseconds(left.nanoseconds))
        do {
            return try await withTaskCancellationHandler {
                try await task.get()
            } onCancel: {
                task.cancel()
            }
        } catch {
            // A request that waits for a connection at its deadline fails with the last error of connecting.
            if OutboundError.isOfConnecting(error), ContinuousClock.now >= deadline { throw .timedOut }
            throw OutboundError(error)
        }
    }

    private func filled(_ target: HTTPClient.Request, from request: OutboundRequest) -> HTTPClient.Request {
        var outgoing = target
        outgoing.headers.reserveCapacity(request.headers.count + 3)
        for (name, value) in request.headers {
            outgoing.headers.add(name: name, value: value)
        }
        if !outgoing.headers.contains(name: "user-agent") {
            outgoing.headers.add(name: "User-Agent", value: "purser")
        }
        if request.method != .get || !request.body.isEmpty {
            outgoing.body = .byteBuffer(ByteBuffer(bytes: request.body))
        }
        return outgoing
    }
}

extension Duration {
    /// Saturates at one day, so that a huge time-out does not trap.
    fileprivate var nanoseconds: Int64 {
        let limit = Duration.seconds(86_400)
        let (seconds, attoseconds) = (self < limit ? self : limit).components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
