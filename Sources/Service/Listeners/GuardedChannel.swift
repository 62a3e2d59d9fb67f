// SPDX-License-Identifier: Apache-2.0

import HummingbirdCore
import Logging
import NIOCore

/// Hummingbird's HTTP/1 channel with four additions: an `Admission` counts it, a proxy's header is read, a fast lane
/// answers plain requests ahead of it, and the responder gets the connection's parsed requests.
struct GuardedChannel: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        /// What Hummingbird serves, once a request needs it; `nil` if the connection closed before.
        let served: EventLoopFuture<Served?>
    }

    struct Served: Sendable {
        let base: HTTP1Channel.Value
        /// `nil` for a listener without a warm path.
        let pending: PendingRequests?
    }

    /// Bytes of one read from a socket.
    private static let reads = AdaptiveRecvByteBufferAllocator(minimum: 1_024, initial: 2_048, maximum: 16_384)

    let base: HTTP1Channel
    let admission: Admission
    let pathBytes: Int
    let proxies: TrustedProxies
    /// `nil` for a listener without a fast lane.
    let lane: LaneResponder?
    let connection: @Sendable () -> ConnectionGuard
    let warmPath: @Sendable () -> WarmPath?

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        // One read holds few requests, since what a client pipelines without reading responses stays in memory.
        channel.setOption(.recvAllocator, value: Self.reads).whenFailure { _ in channel.close(promise: nil) }
        channel.setOption(.maxMessagesPerRead, value: 1).whenFailure { _ in channel.close(promise: nil) }
        let setup = channel.eventLoop.makeCompletedFuture {
            let operations = channel.pipeline.syncOperations
            let connection = connection()
            let fullPath = HTTP1Path(
                base, connection, warmPath: warmPath, pathBytes: pathBytes, logger: logger, on: channel.eventLoop)
            if proxies.sendProxyHeader { try operations.addHandler(ProxyProtocolHandler(proxies)) }
            if let lane { try operations.addHandler(FastLane(connection, lane, fullPath)) }
            try operations.addHandler(connection)
            if lane == nil { try fullPath.open(on: channel) }
            return Value(channel: channel, served: fullPath.served)
        }
        // `handle` is not called for a channel whose setup failed.
        setup.whenFailure { [admission] _ in admission.handedOver() }
        return setup
    }

    func handle(value: Value, logger: Logger) async {
        admission.handedOver()
        // It fails only with a connection that closes.
        guard let served = try? await value.served.get() else { return }
        await PendingRequests.$current.withValue(served.pending) {
            await base.handle(value: served.base, logger: logger)
        }
    }
}
