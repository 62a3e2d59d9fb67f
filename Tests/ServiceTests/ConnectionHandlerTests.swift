// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOExtras
import NIOHTTP1
import NIOHTTPTypes
import Synchronization
import Testing
import Vending

@testable import Service

@Suite struct ConnectionHandlerTests {
    private let clock = Ticks()

    private func channel(draining: Bool = false, warm: Bool = true) throws -> EmbeddedChannel {
        let clock = clock
        var limits = ConnectionLimits()
        limits.bodyBytes = 10
        let channel = EmbeddedChannel()
        let connectionGuard = ConnectionGuard(
            ConnectionRules(
                limits: limits, refuse: { ServiceResponse(status: $0.status, headers: [:]) }, draining: { draining },
                now: { clock.now }))
        let recall: @Sendable (ServiceRequest) -> WarmResult = { request in
            warm && request.head.path == "/warm"
                ? .response(ServiceResponse(status: .ok, headers: [:], body: ByteBuffer(string: "warm")))
                : .undecided(request)
        }
        try channel.pipeline.syncOperations.addHandlers([
            connectionGuard, WarmPath(intake: RequestIntake(parse: ServiceRequest.unparsed), recall: recall),
        ])
        channel.connect(to: try SocketAddress(unixDomainSocketPath: "/test"), promise: nil)
        return channel
    }

    private func receive(
        _ channel: EmbeddedChannel, _ path: String, _ headers: HTTPFields = [:], authority: String = "h"
    ) throws {
        let head = HTTPRequest(method: .get, scheme: "http", authority: authority, path: path, headerFields: headers)
        try channel.writeInbound(HTTPRequestPart.head(head))
        try channel.writeInbound(HTTPRequestPart.end(nil))
    }

    private func respond(_ channel: EmbeddedChannel, _ text: String, _ headers: HTTPFields = [:]) throws {
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok, headerFields: headers)))
        try channel.writeOutbound(HTTPResponsePart.body(ByteBuffer(string: text)))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
    }

    private func bodies(_ channel: EmbeddedChannel) throws -> [String] {
        var bodies: [String] = []
        while let part = try channel.readOutbound(as: HTTPResponsePart.self) {
            if case .body(let body) = part { bodies.append(String(buffer: body)) }
        }
        return bodies
    }

    @Test("the warm path responds to warm requests and passes other requests on")
    func warm() throws {
        let channel = try channel()
        try receive(channel, "/warm")
        #expect(try bodies(channel) == ["warm"])
        #expect(try channel.readInbound(as: HTTPRequestPart.self) == nil)
        try receive(channel, "/cold")
        #expect(try channel.readInbound(as: HTTPRequestPart.self) != nil)
    }

    @Test("responses keep the order of the requests")
    func order() throws {
        let channel = try channel()
        try receive(channel, "/cold")
        try receive(channel, "/warm")
        #expect(try bodies(channel).isEmpty)
        try respond(channel, "first")
        try respond(channel, "second, by the responder")
        #expect(try bodies(channel) == ["first", "second, by the responder"])
        try receive(channel, "/warm")
        #expect(try bodies(channel) == ["warm"])
    }

    private func channel(allowing hosts: AllowedHosts) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        let connectionGuard = ConnectionGuard(
            ConnectionRules(
                limits: ConnectionLimits(), hosts: hosts,
                refuse: { ServiceResponse(status: $0.status, headers: [:], body: ByteBuffer(string: $0.rawValue)) },
                draining: { false }))
        let warm: @Sendable (ServiceRequest) -> WarmResult = { _ in
            .response(ServiceResponse(status: .ok, headers: [:], body: ByteBuffer(string: "warm")))
        }
        try channel.pipeline.syncOperations.addHandlers([
            connectionGuard, WarmPath(intake: RequestIntake(parse: ServiceRequest.unparsed), recall: warm),
        ])
        channel.connect(to: try SocketAddress(unixDomainSocketPath: "/test"), promise: nil)
        return channel
    }

    @Test(
        "rejects a request for another host before the warm path, even after allowed hosts, and closes the connection")
    func names() throws {
        let hosts = AllowedHosts(
            ListenerAddress(host: "192.0.2.1", port: 80), names: ["purser.example.com"], everywhere: true)
        let channel = try channel(allowing: hosts)
        for authority in ["purser.example.com", "purser.example.com", "192.0.2.1"] {
            try receive(channel, "/warm", authority: authority)
            #expect(try bodies(channel) == ["warm"])
        }
        try receive(channel, "/warm", authority: "evil.example")
        #expect(try bodies(channel) == ["misdirected_request"])
        try receive(channel, "/warm", authority: "purser.example.com")
        #expect(try bodies(channel).isEmpty)
        let other = try self.channel(allowing: hosts)
        try receive(other, "/warm", authority: "purser.example.com")
        try receive(other, "/warm", [HTTPField.Name.host: "purser.example.com"], authority: "purser.example.com")
        #expect(try bodies(other) == ["warm", "malformed_request"])
    }

    @Test("passes a warm request with a body on to the responder")
    func withBody() throws {
        let channel = try channel()
        try receive(channel, "/warm", [.contentLength: "3"])
        #expect(try bodies(channel).isEmpty)
        #expect(try channel.readInbound(as: HTTPRequestPart.self) != nil)
    }

    @Test("passes on only the part of a body that makes it exceed the limit, so that the responder rejects it")
    func bodyLimit() throws {
        let channel = try channel()
        let head = HTTPRequest(method: .post, scheme: "http", authority: "h", path: "/", headerFields: [:])
        try channel.writeInbound(HTTPRequestPart.head(head))
        for _ in 0..<100 { try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(repeating: 0, count: 11))) }
        var passed = 0
        while let part = try channel.readInbound(as: HTTPRequestPart.self) {
            if case .body(let bytes) = part { passed += bytes.readableBytes }
        }
        #expect(passed == 11)
        try respond(channel, "too large", [.connection: "close"])
        #expect(try bodies(channel) == ["too large"])
    }

    @Test("sends no response if the client closes the connection during a request")
    func hangUp() throws {
        let channel = try channel()
        channel.pipeline.fireErrorCaught(HTTPParserError.invalidEOFState)
        #expect(try channel.readOutbound(as: HTTPResponsePart.self) == nil)
        #expect(!channel.isActive)
    }

    @Test("answers warm requests only while the client reads, and the others in order once it does")
    func backPressure() throws {
        let channel = try channel()
        channel.isWritable = false
        for _ in 0..<3 { try receive(channel, "/warm") }
        try receive(channel, "/cold")
        #expect(try bodies(channel).isEmpty)
        #expect(try channel.readInbound(as: HTTPRequestPart.self) == nil)
        channel.isWritable = true
        channel.pipeline.fireChannelWritabilityChanged()
        #expect(try bodies(channel) == ["warm", "warm", "warm"])
        guard case .head(let head)? = try channel.readInbound(as: HTTPRequestPart.self) else {
            Issue.record("the cold request is lost")
            return
        }
        #expect(head.path == "/cold")
    }

    @Test("reads no more from a client that does not read its responses")
    func readsAreHeld() throws {
        let channel = try channel()
        let reads = ReadCounter()
        try channel.pipeline.syncOperations.addHandler(reads, position: .first)
        channel.pipeline.read()
        #expect(reads.count == 1)
        channel.isWritable = false
        channel.pipeline.read()
        channel.pipeline.read()
        #expect(reads.count == 1)
        channel.isWritable = true
        channel.pipeline.fireChannelWritabilityChanged()
        #expect(reads.count == 2)
    }

    @Test("closes a connection whose client does not read for the write time-out")
    func writeTimeout() throws {
        let channel = try channel()
        try receive(channel, "/cold")
        channel.isWritable = false
        channel.pipeline.fireChannelWritabilityChanged()
        clock.advance(.seconds(29))
        channel.embeddedEventLoop.advanceTime(by: .seconds(29))
        #expect(channel.isActive)
        clock.advance(.seconds(1))
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test("a response to HEAD has no body, whatever the responder writes, and the next response has its own")
    func head() throws {
        let channel = try channel()
        for method: HTTPRequest.Method in [.head, .get] {
            let head = HTTPRequest(method: method, scheme: "http", authority: "h", path: "/cold", headerFields: [:])
            try channel.writeInbound(HTTPRequestPart.head(head))
            try channel.writeInbound(HTTPRequestPart.end(nil))
        }
        try respond(channel, "for head")
        try respond(channel, "for get")
        #expect(try bodies(channel) == ["for get"])
    }

    @Test(
        "rejects every transfer coding but `chunked`",
        arguments: [("chunked", true), ("Chunked", true), ("gzip, chunked", false), ("identity", false), ("", false)])
    func transferCodings(coding: String, isAccepted: Bool) throws {
        let channel = try channel()
        try receive(channel, "/cold", [.transferEncoding: coding])
        #expect((try channel.readInbound(as: HTTPRequestPart.self) != nil) == isAccepted)
    }

    @Test("rejects a path over the limit before it is parsed, whatever the query, and drops the rest")
    func longPath() throws {
        func path(_ count: Int) -> String { "/" + String(repeating: "a", count: count - 1) }
        for (uri, isAccepted) in [
            (path(512), true), (path(513), false), (path(512) + "?" + path(5_000), true), (path(30_000), false),
        ] {
            let channel = EmbeddedChannel(handler: RequestLineHandler(pathBytes: 512))
            let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: uri)
            let outcome = Result { try channel.writeInbound(HTTPServerRequestPart.head(head)) }
            if isAccepted {
                _ = try outcome.get()
            } else {
                #expect(throws: RejectedTargetError.self) { try outcome.get() }
            }
            _ = try? channel.writeInbound(HTTPServerRequestPart.end(nil))
            var passed = 0
            while try channel.readInbound(as: HTTPServerRequestPart.self) != nil { passed += 1 }
            #expect(passed == (isAccepted ? 2 : 0), "\(uri.utf8.count) bytes")
        }
    }

    @Test(
        "responds to an unreadable request with an error and closes the connection",
        arguments: [
            (HTTPParserError.headerOverflow, 431), (.invalidHeaderToken, 400), (.invalidMethod, 400),
        ])
    func unreadable(error: HTTPParserError, status: Int) throws {
        let channel = try channel()
        channel.pipeline.fireErrorCaught(error)
        let part = try channel.readOutbound(as: HTTPResponsePart.self)
        guard case .head(let head)? = part else { Issue.record("no response"); return }
        #expect(head.status.code == status)
        #expect(head.headerFields[.connection] == "close")
    }

    @Test("closes an idle connection after its time-out, but not one with a request in flight")
    func timeouts() throws {
        let idle = try channel()
        clock.advance(.seconds(11))
        idle.embeddedEventLoop.advanceTime(by: .seconds(11))
        #expect(!idle.isActive)
        let busy = try channel()
        try receive(busy, "/cold")
        clock.advance(.seconds(100))
        busy.embeddedEventLoop.advanceTime(by: .seconds(100))
        #expect(busy.isActive)
        try respond(busy, "at last")
        clock.advance(.seconds(74))
        busy.embeddedEventLoop.advanceTime(by: .seconds(74))
        #expect(busy.isActive, "load balancers keep idle connections for 60 s")
        clock.advance(.seconds(1))
        busy.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!busy.isActive)
    }

    @Test("responses close their connection while the service drains")
    func draining() throws {
        let channel = try channel(draining: true)
        try receive(channel, "/warm")
        guard case .head(let head)? = try channel.readOutbound(as: HTTPResponsePart.self) else {
            Issue.record("no response")
            return
        }
        #expect(head.headerFields[.connection] == "close")
    }

    @Test("reports an incomplete request as an error if its connection ends, but not a complete one")
    func incomplete() throws {
        let head = HTTPRequest(
            method: .post, scheme: "http", authority: "h", path: "/cold", headerFields: [.transferEncoding: "chunked"])
        for isWhole in [true, false] {
            let channel = try channel()
            try channel.writeInbound(HTTPRequestPart.head(head))
            try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(string: "{}")))
            if isWhole { try channel.writeInbound(HTTPRequestPart.end(nil)) }
            channel.pipeline.fireChannelInactive()
            if isWhole {
                try channel.throwIfErrorCaught()
            } else {
                #expect(throws: IncompleteRequestError.self) { try channel.throwIfErrorCaught() }
            }
        }
    }

    @Test("responds to the request in flight before it closes the connection at shutdown")
    func quiesce() throws {
        let channel = try channel()
        try receive(channel, "/cold")
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        clock.advance(.seconds(5))
        channel.embeddedEventLoop.advanceTime(by: .seconds(5))
        #expect(channel.isActive)
        try respond(channel, "the last one")
        #expect(try bodies(channel) == ["the last one"])
    }
}

final class Ticks: Sendable {
    private let current = Mutex(ContinuousClock.now)
    var now: ContinuousClock.Instant { current.withLock { $0 } }
    func advance(_ time: Duration) { current.withLock { $0 += time } }
}

extension ServiceRequest {
    /// A request to a service without paths.
    static func unparsed(_ head: HTTPRequest, _ client: ClientAddress?) -> ServiceRequest {
        ServiceRequest(
            service: service, head: head, target: nil, headerSets: nil, requestID: "r", origin: nil, bodyLimit: nil,
            credentials: nil,
            began: .now)
    }

    private static let service = try! ServiceHarness().service
}

private final class ReadCounter: ChannelOutboundHandler {
    typealias OutboundIn = HTTPResponsePart

    var count = 0

    func read(context: ChannelHandlerContext) {
        count += 1
        context.read()
    }
}
