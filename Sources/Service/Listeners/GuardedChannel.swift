// SPDX-License-Identifier: Apache-2.0

import HummingbirdCore
import Logging
import NIOCore
import ServerTLS

/// Hummingbird's HTTP/1 channel with four additions: an `Admission` counts it, a proxy's header is read, a fast lane
/// answers plain requests ahead of it, and the responder gets the connection's parsed requests.
final class GuardedChannel: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let channel: any Channel
    }

    /// Bytes of one read from a socket.
    private static let reads = AdaptiveRecvByteBufferAllocator(minimum: 1_024, initial: 2_048, maximum: 16_384)

    let base: HTTP1Channel
    let admission: Admission
    let connections: ServedConnections
    let pathBytes: Int
    let proxies: TrustedProxies
    /// `nil` for a listener of plain HTTP.
    let tls: ListenerTLS?
    /// `nil` for a listener without a fast lane.
    let service: CurrentService?
    let connection: @Sendable () -> ConnectionGuard
    let warmPath: @Sendable () -> WarmPath?

    init(
        base: HTTP1Channel, admission: Admission, connections: ServedConnections, pathBytes: Int,
        proxies: TrustedProxies, tls: ListenerTLS?, service: CurrentService?,
        connection: @escaping @Sendable () -> ConnectionGuard,
        warmPath: @escaping @Sendable () -> WarmPath?
    ) {
        self.base = base
        self.admission = admission
        self.connections = connections
        self.pathBytes = pathBytes
        self.proxies = proxies
        self.tls = tls
        self.service = service
        self.connection = connection
        self.warmPath = warmPath
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        // One read holds few requests, since what a client pipelines without reading responses stays in memory.
        channel.setOption(.recvAllocator, value: Self.reads).whenFailure { _ in channel.close(promise: nil) }
        channel.setOption(.maxMessagesPerRead, value: 1).whenFailure { _ in channel.close(promise: nil) }
        let setup = channel.eventLoop.makeCompletedFuture {
            let operations = channel.pipeline.syncOperations
            let connection = connection()
            let fullPath = HTTP1Path(self, connection, logger: logger)
            do {
                if proxies.sendProxyHeader { try operations.addHandler(ProxyProtocolHandler(proxies)) }
                // From here on, everything sees plain bytes. The guard's deadline covers the handshake too.
                try tls?.addHandlers(to: operations)
                if let service { try operations.addHandler(FastLane(connection, service, fullPath)) }
                try operations.addHandler(connection)
                if service == nil { try fullPath.open(on: channel) }
                return Value(channel: channel)
            } catch {
                fullPath.connectionClosed()
                throw error
            }
        }
        // `handle` is not called for a channel whose setup failed.
        setup.whenFailure { [admission] _ in admission.handedOver() }
        return setup
    }

    /// `HTTP1Path` serves the connection.
    func handle(value: Value, logger: Logger) async { admission.handedOver() }
}
