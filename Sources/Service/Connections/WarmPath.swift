// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
package import NIOCore
package import NIOHTTPTypes

/// Responds to warm requests on the event loop, ahead of the responder, and passes all other requests on.
///
/// Responses keep the order of their requests: while a request is with the responder, later ones on the connection
/// follow it there.
///
/// Nothing is answered or read while the client does not read: a warm request waits until the channel is writable, and
/// so does the next read from the socket. What waits is at most what one read held.
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
    /// Parts of requests that wait for the channel to be writable.
    private var waiting = CircularBuffer<HTTPRequestPart>()
    private var needsRead = false

    package init(intake: RequestIntake, recall: @escaping @Sendable (ServiceRequest) -> WarmResult) {
        self.intake = intake
        self.recall = recall
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        guard waiting.isEmpty, isReady(context) else { return waiting.append(part) }
        process(part, context)
    }

    /// The responder has its own back-pressure, so what is for it goes on in any case.
    private func isReady(_ context: ChannelHandlerContext) -> Bool { inFlight > 0 || context.channel.isWritable }

    private func process(_ part: HTTPRequestPart, _ context: ChannelHandlerContext) {
        switch part {
        case .head(let head):
            let request = intake.take(head)
            guard inFlight == 0, !request.announcesBody else { return passOn(request, part, context) }
            switch recall(request) {
            case .response(let response): self.response = response
            case .undecided(let request): passOn(request, part, context)
            }
        case .body:
            if response == nil { context.fireChannelRead(wrapInboundOut(part)) }
        case .end:
            guard let response else { return context.fireChannelRead(wrapInboundOut(part)) }
            self.response = nil
            send(response, context)
        }
    }

    package func read(context: ChannelHandlerContext) {
        guard waiting.isEmpty, context.channel.isWritable else {
            needsRead = true
            return
        }
        context.read()
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { resume(context) }
        context.fireChannelWritabilityChanged()
    }

    private func resume(_ context: ChannelHandlerContext) {
        while isReady(context), let part = waiting.popFirst() { process(part, context) }
        if needsFlush {
            needsFlush = false
            context.flush()
        }
        if needsRead, waiting.isEmpty, context.channel.isWritable {
            needsRead = false
            context.read()
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

    private func passOn(_ request: ServiceRequest, _ part: HTTPRequestPart, _ context: ChannelHandlerContext) {
        inFlight += 1
        intake.pending.append(request)
        context.fireChannelRead(wrapInboundOut(part))
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
