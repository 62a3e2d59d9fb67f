// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A TCP server on 127.0.0.1 that reacts to the first bytes of each connection with one scripted behaviour. It reports
/// what it receives as events, so that tests wait for events instead of sleeping.
final class ScriptedServer: Sendable {
    enum Script: Sendable {
        case answer(String)
        case answerAndClose(String)
        /// Answers only the first request of each connection.
        case answerOnce(String)
        case reset
        case silence
        /// Sends the text and then chunks as fast as the client reads them.
        case flood(String)
        /// Sends the text one byte at a time, each after the delay.
        case drip(String, TimeAmount)
    }

    enum Event: Sendable, Equatable {
        case request(String)
        case closed
    }

    let port: Int
    let events: AsyncStream<Event>
    private let channel: any Channel

    init(_ script: Script) async throws {
        let (events, sink) = AsyncStream.makeStream(of: Event.self)
        self.events = events
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ScriptHandler(script, events: sink))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

    func stop() async throws { try await channel.close() }
}

private final class ScriptHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let script: ScriptedServer.Script
    private let events: AsyncStream<ScriptedServer.Event>.Continuation
    private var open = true
    private var answered = false

    init(_ script: ScriptedServer.Script, events: AsyncStream<ScriptedServer.Event>.Continuation) {
        self.script = script
        self.events = events
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        events.yield(.request(String(buffer: unwrapInboundIn(data))))
        switch script {
        case .silence: break
        case .answer(let text): write(text, context)
        case .answerOnce(let text):
            if !answered { write(text, context) }
            answered = true
        case .answerAndClose(let text):
            write(text, context)
            context.close(promise: nil)
        case .reset:
            guard let socket = context.channel as? any SocketOptionProvider else { return }
            let this = NIOLoopBound(context, eventLoop: context.eventLoop)
            // Closing with a linger time of zero sends a RST.
            socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in this.value.close(promise: nil) }
        case .flood(let head):
            write(head, context)
            flood(context)
        case .drip(let text, let delay): drip(Substring(text), delay, context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        open = false
        events.yield(.closed)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }

    private func flood(_ context: ChannelHandlerContext) {
        let this = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let chunk = "400\r\n" + String(repeating: "x", count: 1_024) + "\r\n"
        let loop = context.eventLoop
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: chunk))).whenSuccess {
            // In a new task of the loop: writes that complete at once would recurse until the stack overflows.
            loop.execute {
                if this.value.0.open { this.value.0.flood(this.value.1) }
            }
        }
    }

    private func drip(_ text: Substring, _ delay: TimeAmount, _ context: ChannelHandlerContext) {
        guard open, let next = text.utf8.first else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: [next])), promise: nil)
        let this = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let rest = Substring(text.utf8.dropFirst())
        context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
            this.value.0.drip(rest, delay, this.value.1)
        }
    }
}
