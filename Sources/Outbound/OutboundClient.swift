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
        let host = Self.host(of: request.url)
        // At most half of the time, so that a time-out afterwards still says something about the host.
        try await slots.take(host, within: min(connectTimeout, timeout / 2))
        defer { slots.release(host) }
        let left = timeout - start.duration(to: .now)
        guard left > .zero else { throw .noConnection }
        return try await race(request, timeout: left, bodyLimit: bodyLimit)
    }

    private func race(
        _ request: OutboundRequest, timeout: Duration, bodyLimit: Int
    ) async throws(OutboundError) -> OutboundResponse {
        // AsyncHTTPClient's own deadline covers only the response head, so the whole exchange races a timer. The group
        // waits for the loser, which cancellation ends at once together with its connection.
        let outcome = await withTaskGroup(of: Outcome.self) { group in
            group.addTask { await self.exchange(request, timeout: timeout, bodyLimit: bodyLimit) }
            group.addTask {
                do {
                    try await Task.sleep(for: timeout, clock: .continuous)
                    return .failure(.timedOut)
                } catch {
                    return .failure(.cancelled)
                }
            }
            let first = await group.next()
            group.cancelAll()
            return first ?? .failure(.cancelled)
        }
        return try outcome.get()
    }

    private typealias Outcome = Result<OutboundResponse, OutboundError>

    private func exchange(_ request: OutboundRequest, timeout: Duration, bodyLimit: Int) async -> Outcome {
        do {
            let head = try await client.execute(
                clientRequest(for: request), timeout: .nanoseconds(timeout.nanoseconds))
            let body = try await collect(head, limit: bodyLimit)
            return .success(
                OutboundResponse(
                    status: Int(head.status.code), headers: head.headers.map { ($0.name, $0.value) }, body: body))
        } catch {
            return .failure(OutboundError(error))
        }
    }

    /// Scheme and authority, by which the pool keeps connections apart: the URL up to the third slash.
    private static func host(of url: String) -> String {
        let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        return parts.prefix(3).joined(separator: "/")
    }

    private func clientRequest(for request: OutboundRequest) -> HTTPClientRequest {
        var outgoing = HTTPClientRequest(url: request.url)
        outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
        for (name, value) in request.headers {
            outgoing.headers.add(name: name, value: value)
        }
        if !outgoing.headers.contains(name: "user-agent") {
            outgoing.headers.add(name: "User-Agent", value: "purser")
        }
        if request.method != .get || !request.body.isEmpty {
            outgoing.body = .bytes(ByteBuffer(bytes: request.body))
        }
        return outgoing
    }

    /// Throwing before the end of the body closes the connection.
    private func collect(_ response: HTTPClientResponse, limit: Int) async throws -> [UInt8] {
        if let declared = response.headers.first(name: "content-length").flatMap(Int.init), declared > limit {
            throw OutboundError.tooLarge(limit: limit)
        }
        var body: [UInt8] = []
        for try await chunk in response.body {
            guard chunk.readableBytes <= limit - body.count else { throw OutboundError.tooLarge(limit: limit) }
            body.append(contentsOf: chunk.readableBytesView)
        }
        return body
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
