// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
package import NIOCore
private import NIOExtras
private import NIOHTTP1
package import NIOHTTPTypes
private import NIOHTTPTypesHTTP1
import Vending

/// Enforces the limits of one connection, between the HTTP decoder and the handlers that respond.
///
/// Only this handler closes connections: idle and slow ones, those that make room for others, after bodies over the
/// limit, unreadable requests and `Connection: close`, and at shutdown.
package final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPRequestPart
    package typealias InboundOut = HTTPRequestPart
    package typealias OutboundIn = HTTPResponsePart
    package typealias OutboundOut = HTTPResponsePart

    private let rules: ConnectionRules
    let client: ConnectionClient
    /// Parses the connection's requests; `nil` on a listener whose requests are not parsed.
    private var intake: RequestIntake?
    private var state: ConnectionState
    /// This connection among the open ones of its listener.
    private var connection: OpenConnection?
    /// Whether each request in flight is a HEAD request, whose response has no body (RFC 9110 §9.3.2).
    private var isHead = CircularBuffer<Bool>()
    private var timer: Scheduled<Void>?
    private var timerDeadline = ContinuousClock.Instant.now
    /// `nil` before the first request.
    private var enforcesHosts: Bool?
    /// The last allowed authority: most connections use only one.
    private var allowedAuthority: String? {
        didSet { allowedHost = allowedAuthority.map { Array($0.utf8) } }
    }
    private var allowedHost: [UInt8]?
    /// Whether the handler is between two places in the pipeline.
    private var isMoving = false
    /// Requests read since the fast lane began to pass bytes on, and the bytes of their bodies; `nil` if one has no
    /// `Content-Length`.
    private(set) var passed: (requests: Int, bodies: Int?) = (0, 0)

    /// - Parameter client: who is at the other end.
    init(_ rules: ConnectionRules, client: ConnectionClient = ConnectionClient(TrustedProxies())) {
        self.rules = rules
        self.client = client
        state = ConnectionState(rules, now: rules.now())
    }

    private func now() -> ContinuousClock.Instant { rules.now() }

    /// Moves the handler behind the HTTP decoder; until then, it stands behind the fast lane, which passes nothing on.
    /// - Parameter intake: parses the requests that the decoder reads.
    func move(
        behind decoder: any ChannelHandler, in operations: ChannelPipeline.SynchronousOperations,
        intake: RequestIntake?
    ) throws {
        self.intake = intake
        isMoving = true
        defer { isMoving = false }
        operations.removeHandler(self, promise: nil)
        try operations.addHandler(self, position: .after(decoder))
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        guard !isMoving else { return schedule(context) }
        client.connected(from: ClientAddress(context.channel.remoteAddress))
        connection = rules.connections?.open(context.channel, of: client.network)
        schedule(context)
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        guard isMoving else { return closed() }
        // It has the context of the old place.
        timer?.cancel()
        timer = nil
    }

    private func closed() {
        timer?.cancel()
        if let connection { rules.connections?.close(connection) }
        connection = nil
    }

    package func channelInactive(context: ChannelHandlerContext) {
        closed()
        // Hummingbird takes the end of a connection for the end of a body, so half a batch would look complete.
        if state.reading { context.fireErrorCaught(IncompleteRequestError()) }
        context.fireChannelInactive()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let action: ConnectionState.Action
        switch unwrapInboundIn(data) {
        case .head(let head):
            if let code = framingError(of: head) ?? hostError(for: head, context) {
                return reject(code, context, hasBody: head.method != .head)
            }
            passed.requests += 1
            passed.bodies = passed.bodies.flatMap { bodies in head.bodyLength.map { bodies + $0 } }
            let limit = intake?.read(head, from: client.address(of: head))
            connection?.busy()
            action = state.readHead(
                close: head.headerFields[.connection] == "close", bodyLimit: head.announcesBody ? limit : nil,
                now: now())
            if action == .proceed { isHead.append(head.method == .head) }
        case .body(let part): action = state.readBody(part.readableBytes, now: now())
        case .end:
            let now = now()
            action = state.readEnd(now: now)
            if state.isIdle { connection?.idle(since: now) }
        }
        switch action {
        case .proceed: context.fireChannelRead(data)
        case .discard: break
        case .linger: closeOutput(context)
        }
    }

    /// Whether the fast lane may answer requests: the connection is open and has no request in progress.
    var isOpenToLane: Bool { state.isIdle && !state.closesAfterResponse && !rules.draining() }

    /// Whether requests with this value of `Host` are allowed. `false` for an empty value.
    func allows(host: UnsafeRawBufferPointer, at local: @autoclosure () -> SocketAddress?) -> Bool {
        if let allowedHost, unsafe host.elementsEqual(allowedHost) { return true }
        guard let hosts = rules.hosts, unsafe !host.isEmpty else { return false }
        let authority = unsafe String(decoding: host, as: UTF8.self)
        guard hosts.error(for: authority, isEnforced: isEnforced(hosts, at: local())) == nil else { return false }
        allowedAuthority = authority
        return true
    }

    /// The fast lane passes on what follows.
    func beginsPassing() { passed = (0, 0) }

    /// The fast lane answered a request.
    func answeredAhead() {
        let now = now()
        _ = state.responded(now: now)
        connection?.idle(since: now)
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        if state.reading { schedule(context) }
        context.fireChannelReadComplete()
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            if rules.draining() { state.responseCloses() }
            let endsConnection = head.headerFields[.connection] == "close"
            if endsConnection { state.responseCloses() }
            // Only the last response says so: a client reads none behind it (RFC 9112 §9.6).
            guard endsConnection || state.closesAfterResponse && state.inFlight <= 1 else {
                return context.write(data, promise: promise)
            }
            head.headerFields[.connection] = "close"
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body:
            guard isHead.first != true else {
                promise?.succeed()
                return
            }
            context.write(data, promise: promise)
        case .end:
            _ = isHead.popFirst()
            context.write(data, promise: promise)
            let now = now()
            if state.responded(now: now) == .linger {
                context.flush()
                closeOutput(context)
            }
            if state.isIdle { connection?.idle(since: now) }
            schedule(context)
        }
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        state.writability(context.channel.isWritable, now: now())
        schedule(context)
        context.fireChannelWritabilityChanged()
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            state.quiesce(now: now())
            schedule(context)
        case is MakeRoom:
            if state.isIdle { context.close(promise: nil) }
        case let proxied as ProxiedAddress:
            client.connected(from: proxied.address)
            if let connection { rules.connections?.identify(connection, as: client.network) }
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The client closed the connection during a request, so nobody reads a response.
        if case HTTPParserError.invalidEOFState = error {
            context.flush()
            context.close(promise: nil)
            return
        }
        guard let code = Self.code(of: error) else { return context.fireErrorCaught(error) }
        reject(code, context)
    }

    /// `chunked` is the only transfer coding that Purser decodes, so another one would hide where the body ends
    /// (RFC 9112 §6.1).
    private func framingError(of head: HTTPRequest) -> ErrorCode? {
        guard head.headerFields.contains(.transferEncoding) else { return nil }
        let codings = head.headerFields[values: .transferEncoding]
        return codings.count == 1 && codings[0].lowercased() == "chunked" ? nil : .malformedRequest
    }

    /// Costs one string comparison for the later requests of a connection with the same authority.
    private func hostError(for head: HTTPRequest, _ context: ChannelHandlerContext) -> ErrorCode? {
        guard let hosts = rules.hosts else { return nil }
        let isEnforced = isEnforced(hosts, at: context.channel.localAddress)
        if isEnforced, let authority = head.authority, authority == allowedAuthority,
            !head.headerFields.contains(.host)
        {
            return nil
        }
        let error = hosts.error(for: head, isEnforced: isEnforced)
        if error == nil { allowedAuthority = head.authority }
        return error
    }

    private func isEnforced(_ hosts: AllowedHosts, at local: @autoclosure () -> SocketAddress?) -> Bool {
        if let enforcesHosts { return enforcesHosts }
        let isEnforced = hosts.areEnforced(at: local())
        enforcesHosts = isEnforced
        return isEnforced
    }

    /// Ends the connection, with an error response unless earlier requests still wait for theirs.
    private func reject(_ code: ErrorCode, _ context: ChannelHandlerContext, hasBody: Bool = true) {
        guard state.inFlight == 0, state.linger(now: now()) == .linger else {
            // Responses to earlier requests of the same read are written but not flushed.
            context.flush()
            context.close(promise: nil)
            return
        }
        let response = rules.refuse(code)
        var headers = response.headers
        headers[.connection] = "close"
        let head = HTTPResponse(status: response.status, headerFields: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if hasBody { context.write(wrapOutboundOut(.body(response.body)), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        closeOutput(context)
        schedule(context)
    }

    private static func code(of error: any Error) -> ErrorCode? {
        switch error {
        case HTTPParserError.headerOverflow: .headersTooLarge
        case is HTTPParserError: .malformedRequest
        case is HTTP1TypeConversionError: .malformedRequest
        case is RejectedTargetError: .malformedRequest
        default: nil
        }
    }

    private func closeOutput(_ context: ChannelHandlerContext) {
        context.close(mode: .output, promise: nil)
    }

    /// One timer per connection: a later deadline does not move the timer, which checks the deadline again when it
    /// fires.
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

/// A request's path is longer than `ConnectionLimits.pathBytes`, or its target has another authority than `Host`.
struct RejectedTargetError: Error {}

/// The connection ended before the request was complete.
struct IncompleteRequestError: Error {}
