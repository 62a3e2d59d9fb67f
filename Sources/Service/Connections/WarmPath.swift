import HTTPTypes
package import NIOCore
package import NIOHTTPTypes

/// Answers warm requests on the event loop, ahead of the responder, and passes everything else on.
///
/// Responses keep their order: while the responder owes a response on this connection, everything goes to it.
package final class WarmPath: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPRequestPart
    package typealias InboundOut = HTTPRequestPart
    package typealias OutboundIn = HTTPResponsePart
    package typealias OutboundOut = HTTPResponsePart

    let intake: RequestIntake
    private let recall: @Sendable (ServiceRequest) -> WarmResult
    private var owed = 0
    private var ready: ServiceResponse?
    private var wrote = false

    package init(intake: RequestIntake, recall: @escaping @Sendable (ServiceRequest) -> WarmResult) {
        self.intake = intake
        self.recall = recall
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            let request = intake.take(head)
            guard owed == 0, !request.announcesBody else { return passOn(request, data, context) }
            switch recall(request) {
            case .response(let response): ready = response
            case .undecided(let request): passOn(request, data, context)
            }
        case .body:
            if ready == nil { context.fireChannelRead(data) }
        case .end:
            guard let response = ready else { return context.fireChannelRead(data) }
            ready = nil
            send(response, context)
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

    private func passOn(_ request: ServiceRequest, _ data: NIOAny, _ context: ChannelHandlerContext) {
        owed += 1
        intake.pending.append(request)
        context.fireChannelRead(data)
    }

    private func send(_ response: ServiceResponse, _ context: ChannelHandlerContext) {
        var headers = response.headers
        headers[.date] = DateHeader.now()
        let head = HTTPResponse(status: response.status, headerFields: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(response.body)), promise: nil)
        context.write(wrapOutboundOut(.end(nil)), promise: nil)
        wrote = true
    }
}

@available(*, unavailable)
extension WarmPath: Sendable {}

/// What the warm path made of a request.
package enum WarmResult: Sendable {
    case response(ServiceResponse)
    /// For the responder, with the decision where one was made.
    case undecided(ServiceRequest)
}
