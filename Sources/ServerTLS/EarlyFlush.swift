// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Flushes whenever many bytes have been written since the last flush.
///
/// The TLS handler keeps what is not flushed to itself, and the channel stays writable meanwhile. So without this, the
/// responses to all requests of one read would pile up for a client that does not read them, however many they are.
final class EarlyFlush: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Of NIO's channels: from so many pending bytes on, a channel is not writable.
    private static let limit = 64 << 10

    private var pending = 0

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        pending += unwrapOutboundIn(data).readableBytes
        context.write(data, promise: promise)
        if pending >= Self.limit { flush(context: context) }
    }

    func flush(context: ChannelHandlerContext) {
        pending = 0
        context.flush()
    }
}

@available(*, unavailable)
extension EarlyFlush: Sendable {}
