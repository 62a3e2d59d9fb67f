// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import Testing

@testable import Outbound

@Suite struct FlushCoalescerTests {
    private final class Flushes: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer

        var count = 0

        func flush(context: ChannelHandlerContext) {
            count += 1
            context.flush()
        }
    }

    private func channel() throws -> (EmbeddedChannel, Flushes) {
        let (channel, flushes) = (EmbeddedChannel(), Flushes())
        try channel.pipeline.syncOperations.addHandlers([flushes, FlushCoalescer()])
        return (channel, flushes)
    }

    @Test("what is written and flushed in one turn of the event loop is sent together")
    func coalesces() throws {
        let (channel, flushes) = try channel()
        for text in ["head", "body"] { channel.writeAndFlush(ByteBuffer(string: text), promise: nil) }
        #expect(flushes.count == 0)
        channel.embeddedEventLoop.run()
        #expect(flushes.count == 1)
        #expect(try channel.readOutbound(as: ByteBuffer.self) == ByteBuffer(string: "head"))
        #expect(try channel.readOutbound(as: ByteBuffer.self) == ByteBuffer(string: "body"))
        channel.writeAndFlush(ByteBuffer(string: "next"), promise: nil)
        channel.embeddedEventLoop.run()
        #expect(flushes.count == 2)
        _ = try channel.finish()
    }

    @Test("what was flushed before a close is sent before it, and nothing is flushed after it")
    func close() throws {
        let (channel, flushes) = try channel()
        channel.writeAndFlush(ByteBuffer(string: "last"), promise: nil)
        channel.close(promise: nil)
        #expect(flushes.count == 1)
        #expect(try channel.readOutbound(as: ByteBuffer.self) == ByteBuffer(string: "last"))
        channel.embeddedEventLoop.run()
        #expect(flushes.count == 1)
    }
}
