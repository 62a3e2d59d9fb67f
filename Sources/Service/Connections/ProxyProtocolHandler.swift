// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Vending

/// Reads the PROXY protocol header at the begin of a trusted proxy's connection, reports the client's address as a
/// `ProxiedAddress`, and leaves the pipeline. A connection of a trusted proxy without such a header is closed; what
/// others send is not looked at.
final class ProxyProtocolHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let proxies: TrustedProxies
    /// Bounded by the longest header and one read.
    private var received = ByteBuffer()
    private var isDone = false

    init(_ proxies: TrustedProxies) {
        self.proxies = proxies
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        guard !isDone, proxies.trusts(ClientAddress(context.channel.remoteAddress)) else {
            return context.fireChannelRead(data)
        }
        received.writeBuffer(&buffer)
        let header = ProxyHeader(Array(received.readableBytesView.prefix(16 + ProxyHeader.limit)))
        switch header {
        case .incomplete: return
        case .malformed:
            isDone = true
            received.clear()
            context.close(promise: nil)
        case .complete(let length, let source):
            isDone = true
            received.moveReaderIndex(forwardBy: length)
            if let source { context.fireUserInboundEventTriggered(ProxiedAddress(address: source)) }
            let rest = received
            received = ByteBuffer()
            if rest.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(rest)) }
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        }
    }
}

@available(*, unavailable)
extension ProxyProtocolHandler: Sendable {}

/// The address of the client for which a proxy made the connection.
struct ProxiedAddress: Sendable {
    let address: ClientAddress
}
