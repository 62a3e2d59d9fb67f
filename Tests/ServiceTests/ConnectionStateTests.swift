// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Testing

@testable import Service

@Suite struct ConnectionStateTests {
    private let start = ContinuousClock.now
    private let limits: ConnectionLimits = {
        var limits = ConnectionLimits()
        limits.headerTimeout = .seconds(10)
        limits.idleTimeout = .seconds(60)
        limits.linger = .seconds(1)
        limits.bodyBytes = 100
        return limits
    }()

    private var fresh: ConnectionState { ConnectionState(rules, now: start) }
    private var rules: ConnectionRules {
        ConnectionRules(
            limits: limits, refuse: { ServiceResponse(status: $0.status, headers: [:]) }, draining: { false })
    }

    @Test("closes a connection that sends no request within the header time-out")
    func slow() {
        #expect(!fresh.expired(now: start + .seconds(9)))
        #expect(fresh.expired(now: start + .seconds(10)))
    }

    @Test("has no deadline while a response is in progress, and starts the idle time-out after it")
    func idle() {
        var state = fresh
        #expect(state.readHead(close: false, now: start) == .proceed)
        #expect(state.readEnd(now: start) == .proceed)
        #expect(state.deadline == nil)
        #expect(state.responded(now: start + .seconds(100)) == .proceed)
        #expect(!state.expired(now: start + .seconds(159)))
        #expect(state.expired(now: start + .seconds(160)))
    }

    @Test("closes a connection with a slow body, and passes on only the part that exceeds the body limit")
    func body() {
        var state = fresh
        _ = state.readHead(close: false, now: start)
        #expect(state.readBody(60, now: start) == .proceed)
        #expect(state.readBody(60, now: start + .seconds(9)) == .proceed)
        #expect(state.readBody(1, now: start + .seconds(9)) == .discard)
        #expect(state.expired(now: start + .seconds(10)))
    }

    @Test("passes on a body of exactly the limit and the first byte over it, so that the responder rejects it")
    func bodyOfTheLimit() {
        var state = fresh
        _ = state.readHead(close: false, bodyLimit: 1_000, now: start)
        #expect(state.readBody(1_000, now: start) == .proceed)
        #expect(state.readBody(1, now: start) == .proceed)
        #expect(state.readBody(1, now: start) == .discard)
    }

    @Test("extends the deadline of a body that a wire reads as bytes arrive, up to the body time-out")
    func readBody() {
        var state = fresh
        _ = state.readHead(close: false, bodyLimit: 1 << 20, now: start)
        #expect(state.expired(now: start + .seconds(10)), "a body without bytes gets no extra time")
        _ = state.readBody(64 << 10, now: start + .seconds(9))
        #expect(!state.expired(now: start + .seconds(11)) && state.expired(now: start + .seconds(12)))
        _ = state.readBody((1 << 20) - (64 << 10), now: start + .seconds(11))
        #expect(!state.expired(now: start + .seconds(29)) && state.expired(now: start + .seconds(30)))
        _ = state.readEnd(now: start + .seconds(29))
        #expect(state.deadline == nil)
        _ = state.responded(now: start + .seconds(30))
        _ = state.readHead(close: false, now: start + .seconds(31))
        _ = state.readBody(10, now: start + .seconds(40))
        #expect(state.expired(now: start + .seconds(41)), "no wire reads the next request's body")
    }

    @Test("closes a connection whose body is slower than the minimum rate")
    func slowBody() {
        var state = fresh
        _ = state.readHead(close: false, bodyLimit: 1 << 20, now: start)
        for second in 1...9 { _ = state.readBody(1_000, now: start + .seconds(second)) }
        #expect(state.expired(now: start + .milliseconds(10_300)))
    }

    @Test("lingers while bytes arrive, up to ten times the linger time")
    func lingering() {
        var state = fresh
        _ = state.readHead(close: true, now: start)
        #expect(state.responded(now: start) == .linger)
        _ = state.readBody(1_000, now: start + .milliseconds(900))
        #expect(!state.expired(now: start + .milliseconds(1_800)))
        for step in 1...20 { _ = state.readBody(1_000, now: start + .milliseconds(900 * step)) }
        #expect(state.expired(now: start + .seconds(10)))
    }

    @Test("keeps the deadline after a response to an incomplete request")
    func respondedEarly() {
        var state = fresh
        _ = state.readHead(close: false, now: start)
        _ = state.responded(now: start + .seconds(1))
        #expect(state.expired(now: start + .seconds(10)))
    }

    @Test("lingers after the last response, drops further bytes, and closes")
    func lastResponse() {
        var state = fresh
        _ = state.readHead(close: true, now: start)
        _ = state.readEnd(now: start)
        #expect(state.closesAfterResponse)
        #expect(state.responded(now: start) == .linger)
        #expect(state.readHead(close: false, now: start) == .discard)
        #expect(state.readBody(1_000_000, now: start) == .discard)
        #expect(!state.expired(now: start))
        #expect(state.expired(now: start + .seconds(1)))
    }

    @Test("closes a connection only after the responses to all requests in flight")
    func pipelined() {
        var state = fresh
        for _ in 0..<3 {
            _ = state.readHead(close: false, now: start)
            _ = state.readEnd(now: start)
        }
        state.responseCloses()
        #expect(state.readHead(close: false, now: start) == .discard)
        #expect(state.responded(now: start) == .proceed)
        #expect(state.responded(now: start) == .proceed)
        #expect(state.responded(now: start) == .linger)
    }

    @Test("keeps an idle connection for the linger time at shutdown, and responds to a request that arrives in it")
    func quiesce() {
        var idle = fresh
        idle.quiesce(now: start)
        #expect(idle.expired(now: start + .seconds(1)))
        var late = fresh
        late.quiesce(now: start)
        #expect(late.readHead(close: false, now: start) == .proceed)
        _ = late.readEnd(now: start)
        #expect(late.deadline == nil)
        #expect(late.responded(now: start + .seconds(5)) == .linger)
    }

    @Test("keeps a connection with a request in flight at shutdown until its response")
    func quiesceBusy() {
        var state = fresh
        _ = state.readHead(close: false, now: start)
        _ = state.readEnd(now: start)
        state.quiesce(now: start)
        #expect(state.deadline == nil)
        #expect(state.responded(now: start) == .linger)
    }
}
