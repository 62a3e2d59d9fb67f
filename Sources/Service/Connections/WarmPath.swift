// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
package import NIOCore
package import NIOHTTPTypes

/// Responds to warm requests on the event loop, ahead of the responder, and passes all other requests on.
///
/// Responses keep the order of their requests: while a request is with the responder, later ones on the connection
/// follow it there.
package final class WarmPath: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPRequestPart
    package typealias InboundOut = HTTPRequestPart
    package typealias OutboundIn = HTTPResponsePart
    package typealias OutboundOut = HTTPResponsePart

    let intake: RequestIntake
    private let recall: @Sendable (ServiceRequest) -> WarmResult
    /// Requests passed on to the responder whose responses are incomplete.
    private var inFlight = 0
    /// The response to the request that is being read.
    private var response: ServiceResponse?
    private var needsFlush = false

    package init(intake: RequestIntake, recall: @escaping @Sendable (ServiceRequest) -> WarmResult) {
        self.intake = intake
        self.recall = recall
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            let request = intake.take(head)
            guard inFlight == 0, !request.announcesBody else { return passOn(request, data, context) }
            switch recall(request) {
            case .response(let response): self.response = response
            case .undecided(let request): passOn(request, data, context)
            }
        case .body:
            if response == nil { context.fireChannelRead(data) }
        case .end:
            guard let response else { return context.fireChannelRead(data) }
            self.response = nil
            send(response, context)
        }
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        if needsFlush {
            needsFlush = false
            context.flush()
        }
        context.fireChannelReadComplete()
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { inFlight -= 1 }
        context.write(data, promise: promise)
    }

    private func passOn(_ request: ServiceRequest, _ data: NIOAny, _ context: ChannelHandlerContext) {
        inFlight += 1
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
        needsFlush = true
    }
}

@available(*, unavailable)
extension WarmPath: Sendable {}

/// The warm path's result for a request.
package enum WarmResult: Sendable {
    case response(ServiceResponse)
    /// For the responder, with the decision if the warm path made one.
    case undecided(ServiceRequest)
}
