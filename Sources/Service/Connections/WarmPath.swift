package import HTTPTypes
package import NIOCore
package import NIOHTTPTypes

/// Answers warm requests on the event loop, ahead of the responder, and passes everything else on.
///
/// Answers keep their order: while the responder owes an answer on this connection, everything goes to it.
package final class WarmPath: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPRequestPart
    package typealias InboundOut = HTTPRequestPart
    package typealias OutboundIn = HTTPResponsePart
    package typealias OutboundOut = HTTPResponsePart

    private let recall: @Sendable (HTTPRequest) -> ServiceResponse?
    private var owed = 0
    private var ready: ServiceResponse?
    private var wrote = false

    package init(recall: @escaping @Sendable (HTTPRequest) -> ServiceResponse?) {
        self.recall = recall
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            if owed == 0, !head.announcesBody, let answer = recall(head) {
                ready = answer
            } else {
                owed += 1
                context.fireChannelRead(data)
            }
        case .body:
            if ready == nil { context.fireChannelRead(data) }
        case .end:
            guard let answer = ready else { return context.fireChannelRead(data) }
            ready = nil
            send(answer, context)
        }
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        if wrote {
            wrote = false
            context.flush()
        }
        context.fireChannelReadComplete()
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { owed -= 1 }
        context.write(data, promise: promise)
    }

    private func send(_ answer: ServiceResponse, _ context: ChannelHandlerContext) {
        var headers = answer.headers
        headers[.date] = DateHeader.now()
        let head = HTTPResponse(status: answer.status, headerFields: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(answer.body)), promise: nil)
        context.write(wrapOutboundOut(.end(nil)), promise: nil)
        wrote = true
    }
}

@available(*, unavailable)
extension WarmPath: Sendable {}

extension HTTPRequest {
    var announcesBody: Bool {
        headerFields.contains(.contentLength) || headerFields.contains(.transferEncoding)
    }
}
