// SPDX-License-Identifier: Apache-2.0

import HummingbirdCore
import Logging
import NIOCore
private import NIOHTTP1
private import NIOHTTPTypes
private import NIOHTTPTypesHTTP1

/// Hummingbird's HTTP/1 channel with four additions: an `Admission` counts it, a proxy's header is read, requests that
/// end their connection are marked, and the responder gets the connection's parsed requests.
struct GuardedChannel: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let base: HTTP1Channel.Value
        /// `nil` for a listener without a warm path.
        let pending: PendingRequests?

        var channel: any Channel { base.channel }
    }

    /// Bytes of one read from a socket.
    private static let reads = AdaptiveRecvByteBufferAllocator(minimum: 1_024, initial: 2_048, maximum: 16_384)

    let base: HTTP1Channel
    let admission: Admission
    let pathBytes: Int
    let proxies: TrustedProxies
    /// `nil` for a listener without a fast lane.
    let lane: LaneResponder?

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        // One read holds few requests, since what a client pipelines without reading responses stays in memory.
        channel.setOption(.recvAllocator, value: Self.reads).whenFailure { _ in channel.close(promise: nil) }
        channel.setOption(.maxMessagesPerRead, value: 1).whenFailure { _ in channel.close(promise: nil) }
        let setup = base.setup(channel: channel, logger: logger).flatMapThrowing { value in
            let operations = channel.pipeline.syncOperations
            let codec = try operations.handler(type: HTTP1ToHTTPServerCodec.self)
            try operations.addHandler(RequestLineHandler(pathBytes: pathBytes), position: .before(codec))
            if let lane, let connection = try? operations.handler(type: ConnectionGuard.self) {
                try operations.addHandler(FastLane(connection, lane), position: .first)
            }
            if proxies.sendProxyHeader {
                try operations.addHandler(ProxyProtocolHandler(proxies), position: .first)
            }
            return Value(base: value, pending: try? operations.handler(type: WarmPath.self).intake.pending)
        }
        // `handle` is not called for a channel whose setup failed.
        setup.whenFailure { [admission] _ in admission.handedOver() }
        return setup
    }

    func handle(value: Value, logger: Logger) async {
        admission.handedOver()
        await withTaskExecutorPreference(EventLoopExecutor(value.channel.eventLoop)) {
            await PendingRequests.$current.withValue(value.pending) {
                await base.handle(value: value.base, logger: logger)
            }
        }
    }
}
