private import AsyncHTTPClient
private import NIOCore
private import NIOHTTP1

/// The transport over real sockets. One for the process, shut down once nothing sends any more.
///
/// No redirects, no proxy from the environment, no decompression, HTTP/1.1 only. Connections are kept and reused.
package final class OutboundClient: OutboundTransport {
    private let client: HTTPClient

    /// - Parameters:
    ///   - connectTimeout: bound on getting a connection (queueing for one, TCP, TLS), within each request's own bound.
    ///   - connectionsPerHost: more requests at a time than this wait for a connection, up to `connectTimeout`.
    package init(connectTimeout: Duration = .seconds(2), connectionsPerHost: Int = 64) {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .nanoseconds(connectTimeout.nanoseconds)),
            proxy: nil,
            decompression: .disabled
        )
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connectionsPerHost
        // A refused connection is an answer at once; whether to try again is the caller's policy.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(configuration: configuration)
    }

    /// Cancels what is still under way and closes the connections, which takes `connectTimeout` at most where one is
    /// just being made. Nothing may be sent afterwards.
    package func shutdown() async {
        do {
            try await client.shutdown()
        } catch {
            // The one error is that it was shut down before, which is the state asked for.
        }
    }

    package func send(
        _ request: OutboundRequest, timeout: Duration, bodyLimit: Int
    ) async throws(OutboundError) -> OutboundResponse {
        guard timeout > .zero else { throw .timedOut }
        // AsyncHTTPClient's own deadline ends with the head, so the whole exchange races a timer. The group waits for
        // the loser, which cancellation ends at once, and with it the connection.
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

    /// Giving up on the body before its end closes the connection.
    private func collect(_ response: HTTPClientResponse, limit: Int) async throws -> [UInt8] {
        if let announced = response.headers.first(name: "content-length").flatMap(Int.init), announced > limit {
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
    /// Saturating, and so never a trap for a huge time-out.
    fileprivate var nanoseconds: Int64 {
        let limit = Duration.seconds(86_400)
        let (seconds, attoseconds) = (self < limit ? self : limit).components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
