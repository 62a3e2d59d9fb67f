import HummingbirdCore
import Logging
import NIOCore
private import NIOHTTP1
private import NIOHTTPTypes
private import NIOHTTPTypesHTTP1

/// Hummingbird's HTTP/1 channel, counted by an `Admission` and told which requests end their connection.
struct GuardedChannel: ServerChildChannel {
    let base: HTTP1Channel
    let admission: Admission

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        let setup = base.setup(channel: channel, logger: logger).flatMapThrowing { value in
            let operations = channel.pipeline.syncOperations
            let codec = try operations.handler(type: HTTP1ToHTTPServerCodec.self)
            try operations.addHandler(LastRequestMarker(), position: .before(codec))
            return value
        }
        // Nobody will handle what could not be set up.
        setup.whenFailure { [admission] _ in admission.arrived() }
        return setup
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        admission.arrived()
        await base.handle(value: value, logger: logger)
    }
}

/// Says `Connection: close` for every request that ends its connection: HTTP/1.0 without `keep-alive`, and `close`
/// among other options (RFC 9112 §9.3). Behind the codec the version is gone.
private final class LastRequestMarker: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data), !head.isKeepAlive else {
            return context.fireChannelRead(data)
        }
        head.headers.replaceOrAdd(name: "connection", value: "close")
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }
}

@available(*, unavailable)
extension LastRequestMarker: Sendable {}
