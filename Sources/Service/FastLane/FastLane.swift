// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Answers plain warm requests from their bytes, ahead of the HTTP decoder. Everything else goes to the decoder byte for
/// byte, and so does all that follows until the decoder's requests are answered and it stands between two requests.
final class FastLane: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let connection: ConnectionGuard
    private let answer: LaneResponder
    /// What the decoder has got since it stood between two requests.
    private var passed = PassedBytes()
    private var needsFlush = false

    init(_ connection: ConnectionGuard, _ answer: LaneResponder) {
        self.connection = connection
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard passed.isEmpty || hasAnsweredAll else {
            let buffer = unwrapInboundIn(data)
            passed.add(buffer)
            return context.fireChannelRead(data)
        }
        passed = PassedBytes()
        connection.beginsPassing()
        var buffer = unwrapInboundIn(data)
        while buffer.readableBytes > 0, context.channel.isWritable, let host = connection.laneHost {
            // Not kept: a buffer for each idle connection would take more memory than the connection.
            var response = ByteBuffer()
            let length = unsafe buffer.withUnsafeReadableBytes { bytes -> Int? in
                guard let request = unsafe PlainRequest(bytes),
                    unsafe answer.respond(to: request, bytes, host: host, connection.client, into: &response)
                else { return nil }
                return request.length
            }
            guard let length else { break }
            buffer.moveReaderIndex(forwardBy: length)
            connection.answeredAhead()
            context.write(wrapOutboundOut(response), promise: nil)
            needsFlush = true
        }
        guard buffer.readableBytes > 0 else { return }
        passed.add(buffer)
        context.fireChannelRead(wrapInboundOut(buffer))
    }

    /// Whether the decoder has read exactly the bytes that it got, and all its requests are answered.
    private var hasAnsweredAll: Bool {
        connection.laneHost != nil
            && passed.areWhole(requests: connection.passed.requests, bodies: connection.passed.bodies)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if needsFlush {
            needsFlush = false
            context.flush()
        }
        context.fireChannelReadComplete()
    }
}

@available(*, unavailable)
extension FastLane: Sendable {}
