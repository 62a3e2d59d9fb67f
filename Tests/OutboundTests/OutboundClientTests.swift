// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import Outbound
import Testing

/// Uses real sockets and real time: the upper bounds on durations are wide, the lower ones exact.
@Suite struct OutboundClientTests {
    /// For what ends in the end: where all tests run at once, one may wait long for a thread.
    private static let patience = Duration.seconds(240)

    private func send(
        _ script: ScriptedServer.Script, _ request: (String) -> OutboundRequest = { OutboundRequest(url: $0) },
        timeout: Duration = .seconds(120), bodyLimit: Int = 1_000
    ) async throws -> (result: Result<OutboundResponse, OutboundError>, server: ScriptedServer, elapsed: Duration) {
        let server = try await ScriptedServer(script)
        let client = OutboundClient(connectTimeout: .seconds(30))
        let start = ContinuousClock.now
        let result = await attempt(client, request(server.url()), timeout: timeout, bodyLimit: bodyLimit)
        let elapsed = start.duration(to: .now)
        await client.shutdown()
        try await server.stop()
        return (result, server, elapsed)
    }

    private func attempt(
        _ client: OutboundClient, _ request: OutboundRequest, timeout: Duration = .seconds(120), bodyLimit: Int = 1_000
    ) async -> Result<OutboundResponse, OutboundError> {
        do throws(OutboundError) {
            return .success(try await client.send(request, timeout: timeout, bodyLimit: bodyLimit))
        } catch {
            return .failure(error)
        }
    }

    private func failure(_ result: Result<OutboundResponse, OutboundError>) -> OutboundError? {
        if case .failure(let failure) = result { failure } else { nil }
    }

    @Test("returns a response with its status, case-insensitive headers and body")
    func wholeResponse() async throws {
        let sent = try await send(.answer("HTTP/1.1 201 Created\r\nX-One: a\r\nContent-Length: 5\r\n\r\nhello"))
        let response = try sent.result.get()
        #expect(response.status == 201)
        #expect(response.header("x-ONE") == "a")
        #expect(response.body == Array("hello".utf8))
    }

    @Test("sends the request as given, with the user agent purser, no accept-encoding and an origin-form target")
    func requestOnTheWire() async throws {
        let sent = try await send(
            .answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
            { OutboundRequest(method: .post, url: $0, headers: [("X-Two", "b")], body: Array("a=1".utf8)) })
        _ = try sent.result.get()
        var events = sent.server.events.makeAsyncIterator()
        guard case .request(let text) = await events.next() else {
            Issue.record("no request")
            return
        }
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false).map { $0.lowercased() }
        #expect(lines[0] == "post / http/1.1")
        #expect(lines.contains("x-two: b"))
        #expect(lines.contains("user-agent: purser"))
        #expect(lines.contains("content-length: 3"))
        #expect(lines.contains("host: 127.0.0.1:\(sent.server.port)"))
        #expect(!lines.contains { $0.hasPrefix("accept-encoding") })
        #expect(text.hasSuffix("a=1"))
    }

    @Test("sends a Host header of the caller once and unchanged, and special characters in header values")
    func givenHost() async throws {
        let sent = try await send(
            .answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
            { OutboundRequest(url: $0, headers: [("Host", "sts.example"), ("X-Amz-Security-Token", "a//+b==")]) })
        _ = try sent.result.get()
        var events = sent.server.events.makeAsyncIterator()
        guard case .request(let text) = await events.next() else {
            Issue.record("no request")
            return
        }
        let lines = text.split(separator: "\r\n")
        #expect(lines.filter { $0.lowercased().hasPrefix("host:") } == ["Host: sts.example"])
        #expect(lines.contains("X-Amz-Security-Token: a//+b=="))
    }

    @Test("does not send a header value with a line break", arguments: ["a\r\nX-Other: b", "a\nb"])
    func headerInjection(value: String) async throws {
        let client = OutboundClient()
        let result = await attempt(client, OutboundRequest(url: "http://127.0.0.1:1/", headers: [("X-A", value)]))
        #expect(failure(result) == .connection("Invalid header field values"))
        await client.shutdown()
    }

    @Test("sends one request after the other over one connection")
    func reuse() async throws {
        let server = try await ScriptedServer(.answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
        let client = OutboundClient(connectTimeout: .seconds(30))
        for _ in 0..<5 { #expect(try await attempt(client, OutboundRequest(url: server.url())).get().status == 200) }
        await client.shutdown()
        var events = server.events.makeAsyncIterator()
        for _ in 0..<5 {
            guard case .request = await events.next() else {
                Issue.record("a connection was closed between requests")
                return
            }
        }
        #expect(await events.next() == .closed)
        try await server.stop()
    }

    @Test("returns a redirect as a response and does not follow it")
    func redirect() async throws {
        let sent = try await send(
            .answer("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"))
        #expect(try sent.result.get().status == 302)
    }

    @Test("times out if the server sends nothing", arguments: [50, 300])
    func silence(milliseconds: Int) async throws {
        let sent = try await send(.silence, timeout: .milliseconds(milliseconds))
        #expect(failure(sent.result) == .timedOut)
        #expect(sent.elapsed >= .milliseconds(milliseconds))
        #expect(sent.elapsed < .milliseconds(milliseconds) + Self.patience)
    }

    @Test("times out if the server drips its headers")
    func slowHeaders() async throws {
        let head = "HTTP/1.1 200 OK\r\nX-Slow: " + String(repeating: "z", count: 10_000)
        let sent = try await send(.drip(head, .milliseconds(10)), timeout: .milliseconds(300))
        #expect(failure(sent.result) == .timedOut)
        #expect(sent.elapsed < Self.patience)
    }

    @Test("times out if the server drips its body")
    func slowBody() async throws {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + String(repeating: "z", count: 800)
        let sent = try await send(.drip(answer, .milliseconds(50)), timeout: .milliseconds(700))
        #expect(failure(sent.result) == .timedOut)
        #expect(sent.elapsed < Self.patience)
    }

    @Test("times out if the body stalls before its declared length")
    func stalledBody() async throws {
        let sent = try await send(
            .answer("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nhalf"), timeout: .milliseconds(300))
        #expect(failure(sent.result) == .timedOut)
    }

    @Test("stops reading an endless body at the limit and closes the connection")
    func endlessBody() async throws {
        let sent = try await send(
            .flood("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), bodyLimit: 100_000)
        #expect(failure(sent.result) == .tooLarge(limit: 100_000))
        #expect(await sent.server.events.contains(.closed))
    }

    @Test("does not read a body that is declared longer than the limit")
    func announcedTooLong() async throws {
        let sent = try await send(.answer("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n"))
        #expect(failure(sent.result) == .tooLarge(limit: 1_000))
    }

    @Test("returns a body of exactly the limit")
    func bodyAtLimit() async throws {
        let body = String(repeating: "b", count: 1_000)
        let sent = try await send(.answer("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n\(body)"))
        #expect(try sent.result.get().body.count == 1_000)
    }

    @Test("reports a truncated body as a connection error")
    func truncatedBody() async throws {
        let sent = try await send(.answerAndClose("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nhalf"))
        guard case .connection = failure(sent.result) else {
            Issue.record("\(sent.result)")
            return
        }
    }

    @Test("reports a reset connection as a connection error")
    func reset() async throws {
        let sent = try await send(.reset)
        #expect(failure(sent.result) == .connection("connection reset"))
    }

    @Test("reports a response that is not HTTP as a connection error")
    func garbage() async throws {
        let sent = try await send(.answerAndClose("\u{1}\u{2} what? \r\n\r\n"))
        #expect(failure(sent.result) == .connection("not HTTP, or truncated"))
    }

    @Test("reports a connection closed without a response as a connection error")
    func hangUp() async throws {
        let sent = try await send(.answerAndClose(""))
        #expect(failure(sent.result) == .connection("closed by the server"))
    }

    @Test("reports a refused connection")
    func refused() async throws {
        let server = try await ScriptedServer(.silence)
        try await server.stop()
        let client = OutboundClient(connectTimeout: .seconds(30))
        let result = await attempt(client, OutboundRequest(url: server.url()))
        #expect(failure(result) == .connection("connection refused"))
        await client.shutdown()
    }

    @Test("an unresponsive address fails at the connect time-out, before the request's time-out")
    func blackHole() async throws {
        let hole = try await BlackHole()
        let client = OutboundClient(connectTimeout: .milliseconds(300))
        let start = ContinuousClock.now
        let result = await attempt(client, OutboundRequest(url: hole.url), timeout: .seconds(60))
        #expect(failure(result) == .connection("connection timed out"))
        #expect(start.duration(to: .now) < .seconds(60))
        await client.shutdown()
        try await hole.stop()
    }

    @Test("the request's time-out applies while connecting")
    func blackHoleWithinTimeout() async throws {
        let hole = try await BlackHole()
        let client = OutboundClient(connectTimeout: .seconds(5))
        let start = ContinuousClock.now
        let result = await attempt(client, OutboundRequest(url: hole.url), timeout: .milliseconds(200))
        #expect(failure(result) == .timedOut)
        #expect(start.duration(to: .now) < Self.patience)
        // The listener stops first, because a pending connection delays the client's shutdown.
        try await hole.stop()
        await client.shutdown()
    }

    @Test("cancellation returns .cancelled at once and closes the connection")
    func cancellation() async throws {
        let server = try await ScriptedServer(.silence)
        let client = OutboundClient(connectTimeout: .seconds(30))
        let url = server.url()
        let start = ContinuousClock.now
        let task = Task { await attempt(client, OutboundRequest(url: url), timeout: .seconds(60)) }
        var events = server.events.makeAsyncIterator()
        _ = await events.next()
        task.cancel()
        #expect(failure(await task.value) == .cancelled)
        #expect(await events.next() == .closed)
        #expect(start.duration(to: .now) < .seconds(30))
        await client.shutdown()
        try await server.stop()
    }

    @Test("a request over the host's connection limit waits and then fails without affecting the others")
    func poolBound() async throws {
        let server = try await ScriptedServer(
            .answerOnce("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
        let client = OutboundClient(connectTimeout: .milliseconds(300), connectionsPerHost: 1)
        let url = server.url()
        var events = server.events.makeAsyncIterator()
        // On a busy machine, connecting may take longer than the limit under test, so the connection is opened before.
        while case .failure(.connection) = await attempt(client, OutboundRequest(url: url)) {}
        let first = Task { await attempt(client, OutboundRequest(url: url + "first"), timeout: .seconds(60)) }
        while let event = await events.next() {
            if case .request(let text) = event, text.hasPrefix("GET /first ") { break }
        }
        let second = await attempt(client, OutboundRequest(url: url))
        #expect(failure(second) == .noConnection)
        first.cancel()
        _ = await first.value
        await client.shutdown()
        try await server.stop()
    }

    @Test("a request over the connection limit of a stalled host fails as such, and requests to other hosts do not")
    func stalledHost() async throws {
        let stalled = try await ScriptedServer(.silence)
        let other = try await ScriptedServer(.answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
        let client = OutboundClient(connectTimeout: .seconds(30))
        let urls = (stalled.url(), other.url())
        let calls = (0..<64).map { _ in
            Task { await attempt(client, OutboundRequest(url: urls.0), timeout: .seconds(60)) }
        }
        var events = stalled.events.makeAsyncIterator()
        for _ in 0..<64 { _ = await events.next() }
        // Half of its time-out is the limit of its wait.
        let over = await attempt(client, OutboundRequest(url: urls.0 + "over"), timeout: .milliseconds(200))
        #expect(failure(over) == .noConnection)
        guard case .success = await attempt(client, OutboundRequest(url: urls.1)) else {
            Issue.record("the other host is unavailable")
            return
        }
        // A call that ends passes its connection on.
        let next = Task {
            await attempt(client, OutboundRequest(url: urls.0 + "next"), timeout: .seconds(120))
        }
        calls[0].cancel()
        #expect(failure(await calls[0].value) == .cancelled)
        var isSent = false
        while !isSent, let event = await events.next() {
            if case .request(let text) = event { isSent = text.hasPrefix("GET /next ") }
            if case .request(let text) = event { #expect(!text.hasPrefix("GET /over "), "it was sent") }
        }
        for call in calls + [next] { call.cancel() }
        for call in calls + [next] { _ = await call.value }
        await client.shutdown()
        try await stalled.stop()
        try await other.stop()
    }

    @Test(
        "the description of an error contains no part of the URL",
        arguments: ["http://", "ftp://h/?secret=x", "https:///?secret=x"])
    func badAddress(url: String) async throws {
        let client = OutboundClient()
        let result = await attempt(client, OutboundRequest(url: url))
        let text = String(describing: failure(result))
        #expect(text.contains("connection("))
        #expect(!text.contains("secret"))
        await client.shutdown()
    }

    @Test("allows a second shutdown and fails later requests")
    func shutdownTwice() async throws {
        let client = OutboundClient()
        await client.shutdown()
        await client.shutdown()
        let result = await attempt(client, OutboundRequest(url: "http://127.0.0.1:1/"))
        guard case .connection = failure(result) else {
            Issue.record("\(result)")
            return
        }
    }
}
