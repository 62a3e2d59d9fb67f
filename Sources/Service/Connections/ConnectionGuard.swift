package import HTTPTypes
package import NIOCore
private import NIOExtras
private import NIOHTTP1
package import NIOHTTPTypes
private import NIOHTTPTypesHTTP1

/// Holds one connection to its limits, between the HTTP decoder and everything that answers.
///
/// It owns all closing: idle and slow connections, bodies over the limit, unreadable requests, `Connection: close`
/// and the end of the service.
package final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPRequestPart
    package typealias InboundOut = HTTPRequestPart
    package typealias OutboundIn = HTTPResponsePart
    package typealias OutboundOut = HTTPResponsePart

    private let limits: ConnectionLimits
    private let hosts: AllowedHosts?
    private let refuse: @Sendable (ErrorCode) -> ServiceResponse
    private let draining: @Sendable () -> Bool
    private let bodyLimit: (HTTPRequest) -> Int?
    private let now: @Sendable () -> ContinuousClock.Instant
    private var state: ConnectionState
    private var timer: Scheduled<Void>?
    private var timerDeadline = ContinuousClock.Instant.now
    private var areHostsAsked: Bool?
    /// The last good one: most connections name one only.
    private var goodAuthority: String?

    /// - Parameters:
    ///   - hosts: by which the listener may be spoken to.
    ///   - refuse: makes the answer to what is not HTTP, or not for us.
    ///   - draining: whether the service is about to end, so that answers ask clients to leave.
    ///   - bodyLimit: parses the request and returns the bytes of its body at most, where they are not the connection's
    ///     own limit.
    package init(
        limits: ConnectionLimits, hosts: AllowedHosts? = nil,
        refuse: @escaping @Sendable (ErrorCode) -> ServiceResponse,
        draining: @escaping @Sendable () -> Bool, bodyLimit: @escaping (HTTPRequest) -> Int? = { _ in nil },
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.limits = limits
        self.hosts = hosts
        self.refuse = refuse
        self.draining = draining
        self.bodyLimit = bodyLimit
        self.now = now
        state = ConnectionState(limits: limits, now: now())
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        schedule(context)
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        // To Hummingbird the end of a connection is the end of a body, and half a batch would pass for a whole one.
        if state.reading { context.fireErrorCaught(RequestCutShort()) }
        context.fireChannelInactive()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let action: ConnectionState.Action
        switch unwrapInboundIn(data) {
        case .head(let head):
            if let problem = objection(to: head, context) {
                return turnAway(problem, context, hasBody: head.method != .head)
            }
            let limit = bodyLimit(head)
            action = state.readHead(
                close: head.headerFields[.connection] == "close", bodyLimit: head.announcesBody ? limit : nil,
                now: now())
        case .body(let part): action = state.readBody(part.readableBytes, now: now())
        case .end: action = state.readEnd(now: now())
        }
        switch action {
        case .proceed: context.fireChannelRead(data)
        case .discard: break
        case .linger: leave(context)
        }
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        if state.reading { schedule(context) }
        context.fireChannelReadComplete()
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            if draining() { state.answerCloses() }
            if head.headerFields[.connection] == "close" { state.answerCloses() }
            guard state.closesAfterAnswer else { return context.write(data, promise: promise) }
            head.headerFields[.connection] = "close"
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            context.write(data, promise: promise)
            if state.answered(now: now()) == .linger {
                context.flush()
                leave(context)
            }
            schedule(context)
        }
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        state.quiesce(now: now())
        schedule(context)
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The other side hung up in the middle: nobody is there to be answered.
        if case HTTPParserError.invalidEOFState = error {
            context.close(promise: nil)
            return
        }
        guard let problem = Self.problem(error) else { return context.fireErrorCaught(error) }
        turnAway(problem, context)
    }

    /// One comparison for all requests but the first of a connection.
    private func objection(to head: HTTPRequest, _ context: ChannelHandlerContext) -> ErrorCode? {
        guard let hosts else { return nil }
        let areAsked = areHostsAsked ?? hosts.areAsked(at: context.channel.localAddress)
        areHostsAsked = areAsked
        if areAsked, let authority = head.authority, authority == goodAuthority, !head.headerFields.contains(.host) {
            return nil
        }
        let objection = hosts.objection(to: head, areAsked: areAsked)
        if objection == nil { goodAuthority = head.authority }
        return objection
    }

    /// Answers, where nothing else is to be answered first, and ends the connection.
    private func turnAway(_ problem: ErrorCode, _ context: ChannelHandlerContext, hasBody: Bool = true) {
        guard state.unanswered == 0, state.linger(now: now()) == .linger else {
            context.close(promise: nil)
            return
        }
        let answer = refuse(problem)
        var headers = answer.headers
        headers[.connection] = "close"
        let head = HTTPResponse(status: answer.status, headerFields: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if hasBody { context.write(wrapOutboundOut(.body(answer.body)), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        leave(context)
        schedule(context)
    }

    private static func problem(_ error: any Error) -> ErrorCode? {
        switch error {
        case HTTPParserError.headerOverflow: .headersTooLarge
        case is HTTPParserError: .malformedRequest
        case is HTTP1TypeConversionError: .malformedRequest
        default: nil
        }
    }

    private func leave(_ context: ChannelHandlerContext) {
        context.close(mode: .output, promise: nil)
    }

    /// One timer a connection: deadlines move away without it, and it looks again when it fires.
    private func schedule(_ context: ChannelHandlerContext) {
        guard let deadline = state.deadline else { return }
        if let timer {
            guard deadline < timerDeadline else { return }
            timer.cancel()
        }
        timerDeadline = deadline
        let delay = TimeAmount(max(.zero, deadline - now()))
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
            self.timer = nil
            if self.state.expired(now: self.now()) {
                context.close(promise: nil)
            } else {
                self.schedule(context)
            }
        }
    }
}

@available(*, unavailable)
extension ConnectionGuard: Sendable {}

/// The connection ended, by either side, before the request did.
struct RequestCutShort: Error {}
