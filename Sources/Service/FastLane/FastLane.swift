// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Answers plain warm requests from their bytes, ahead of the HTTP decoder. Everything else goes to the decoder byte for
/// byte, and so does all that follows until the decoder's requests are answered and it stands between two requests.
///
/// The handlers of the full path take more memory and time than a plain request, so a connection gets them when the
/// first bytes come that are for the decoder.
final class FastLane: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let connection: ConnectionGuard
    private var service: CurrentService.Reader
    private let fullPath: any FullPath
    private var hasFullPath = false
    /// What the decoder has got since it stood between two requests.
    private var passed = PassedBytes()
    private var needsFlush = false

    init(_ connection: ConnectionGuard, _ service: CurrentService, _ fullPath: any FullPath) {
        self.connection = connection
        self.service = CurrentService.Reader(service)
        self.fullPath = fullPath
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard passed.isEmpty || hasAnsweredAll else {
            let buffer = unwrapInboundIn(data)
            return passOn(buffer, context)
        }
        passed = PassedBytes()
        connection.beginsPassing()
        var buffer = unwrapInboundIn(data)
        let lane = service.read().lane
        while buffer.readableBytes > 0, context.channel.isWritable, connection.isOpenToLane {
            // Not kept: a buffer for each idle connection would take more memory than the connection.
            var response = ByteBuffer()
            let length = unsafe buffer.withUnsafeReadableBytes { bytes -> Int? in
                guard let request = unsafe PlainRequest(bytes),
                    unsafe connection.allows(
                        host: UnsafeRawBufferPointer(rebasing: bytes[request.host]), at: context.channel.localAddress),
                    unsafe lane.respond(to: request, bytes, connection.client, into: &response)
                else { return nil }
                return request.length
            }
            guard let length else { break }
            buffer.moveReaderIndex(forwardBy: length)
            connection.answeredAhead()
            context.write(wrapOutboundOut(response), promise: nil)
            needsFlush = true
        }
        if buffer.readableBytes > 0 { passOn(buffer, context) }
    }

    private func passOn(_ buffer: ByteBuffer, _ context: ChannelHandlerContext) {
        guard openFullPath(context) else { return }
        passed.add(buffer)
        context.fireChannelRead(wrapInboundOut(buffer))
    }

    /// - Returns: whether the handlers of the full path are there; otherwise the connection is closed.
    private func openFullPath(_ context: ChannelHandlerContext) -> Bool {
        guard !hasFullPath else { return true }
        do {
            try fullPath.open(on: context.channel)
            hasFullPath = true
            return true
        } catch {
            context.close(promise: nil)
            return false
        }
    }

    /// Whether the decoder has read exactly the bytes that it got, and all its requests are answered.
    private var hasAnsweredAll: Bool {
        connection.isOpenToLane
            && passed.areWhole(requests: connection.passed.requests, bodies: connection.passed.bodies)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if needsFlush {
            needsFlush = false
            context.flush()
        }
        if hasFullPath { context.fireChannelReadComplete() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // The full path answers what it still owes, and closes.
        if case .inputClosed? = event as? ChannelEvent, !openFullPath(context) { return }
        context.fireUserInboundEventTriggered(event)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        fullPath.connectionClosed()
    }
}

/// What comes behind the fast lane.
protocol FullPath: AnyObject {
    /// Adds the handlers to the connection's pipeline.
    func open(on channel: any Channel) throws

    /// The connection closed. Does nothing if the handlers were added.
    func connectionClosed()
}

@available(*, unavailable)
extension FastLane: Sendable {}
