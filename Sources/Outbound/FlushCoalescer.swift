// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Flushes once for all that is written to a connection in one turn of its event loop: AsyncHTTPClient flushes the head
/// and the body of a request separately, which would send each in a packet of its own.
final class FlushCoalescer: ChannelOutboundHandler {
    typealias OutboundIn = Never

    private var isDue = false

    func flush(context: ChannelHandlerContext) {
        guard !isDue else { return }
        isDue = true
        context.eventLoop.assumeIsolated().execute { self.flushDue(context) }
    }

    /// What was flushed before a close is sent.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        flushDue(context)
        context.close(mode: mode, promise: promise)
    }

    private func flushDue(_ context: ChannelHandlerContext) {
        guard isDue else { return }
        isDue = false
        context.flush()
    }
}
