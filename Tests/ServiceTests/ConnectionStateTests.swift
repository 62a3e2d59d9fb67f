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

    private var fresh: ConnectionState { ConnectionState(limits: limits, now: start) }

    @Test("a connection that brings no request in time is over")
    func slow() {
        #expect(!fresh.expired(now: start + .seconds(9)))
        #expect(fresh.expired(now: start + .seconds(10)))
    }

    @Test("while an answer is being made there is no deadline; afterwards the idle time runs")
    func idle() {
        var state = fresh
        #expect(state.readHead(close: false, now: start) == .proceed)
        #expect(state.readEnd(now: start) == .proceed)
        #expect(state.deadline == nil)
        #expect(state.answered(now: start + .seconds(100)) == .proceed)
        #expect(!state.expired(now: start + .seconds(159)))
        #expect(state.expired(now: start + .seconds(160)))
    }

    @Test("a body that drips is cut off, and of one too large only the part that tells so is passed on")
    func body() {
        var state = fresh
        _ = state.readHead(close: false, now: start)
        #expect(state.readBody(60, now: start) == .proceed)
        #expect(state.readBody(60, now: start + .seconds(9)) == .proceed)
        #expect(state.readBody(1, now: start + .seconds(9)) == .discard)
        #expect(state.expired(now: start + .seconds(10)))
    }

    @Test("passes on a body of exactly the limit and the one byte over it, by which the responder learns of the excess")
    func bodyOfTheLimit() {
        var state = fresh
        _ = state.readHead(close: false, bodyLimit: 1_000, now: start)
        #expect(state.readBody(1_000, now: start) == .proceed)
        #expect(state.readBody(1, now: start) == .proceed)
        #expect(state.readBody(1, now: start) == .discard)
    }

    @Test("a body that is wanted has more time the more of it has arrived, and not for ever")
    func wantedBody() {
        var state = fresh
        _ = state.readHead(close: false, bodyLimit: 1 << 20, now: start)
        #expect(state.expired(now: start + .seconds(10)), "who sends nothing has no more time than others")
        _ = state.readBody(64 << 10, now: start + .seconds(9))
        #expect(!state.expired(now: start + .seconds(11)) && state.expired(now: start + .seconds(12)))
        _ = state.readBody((1 << 20) - (64 << 10), now: start + .seconds(11))
        #expect(!state.expired(now: start + .seconds(29)) && state.expired(now: start + .seconds(30)))
        _ = state.readEnd(now: start + .seconds(29))
        #expect(state.deadline == nil)
        _ = state.answered(now: start + .seconds(30))
        _ = state.readHead(close: false, now: start + .seconds(31))
        _ = state.readBody(10, now: start + .seconds(40))
        #expect(state.expired(now: start + .seconds(41)), "the next one's body is not wanted")
    }

    @Test("a body that drips does not hold its place for long")
    func drippingBody() {
        var state = fresh
        _ = state.readHead(close: false, bodyLimit: 1 << 20, now: start)
        for second in 1...9 { _ = state.readBody(1_000, now: start + .seconds(second)) }
        #expect(state.expired(now: start + .milliseconds(10_300)))
    }

    @Test("the goodbye lasts while bytes come, and not for ever")
    func lingering() {
        var state = fresh
        _ = state.readHead(close: true, now: start)
        #expect(state.answered(now: start) == .linger)
        _ = state.readBody(1_000, now: start + .milliseconds(900))
        #expect(!state.expired(now: start + .milliseconds(1_800)))
        for step in 1...20 { _ = state.readBody(1_000, now: start + .milliseconds(900 * step)) }
        #expect(state.expired(now: start + .seconds(10)))
    }

    @Test("an answer to a body that is still coming does not stop the clock")
    func answeredEarly() {
        var state = fresh
        _ = state.readHead(close: false, now: start)
        _ = state.answered(now: start + .seconds(1))
        #expect(state.expired(now: start + .seconds(10)))
    }

    @Test("after a last answer the connection lingers, drops what comes, and closes")
    func lastAnswer() {
        var state = fresh
        _ = state.readHead(close: true, now: start)
        _ = state.readEnd(now: start)
        #expect(state.closesAfterAnswer)
        #expect(state.answered(now: start) == .linger)
        #expect(state.readHead(close: false, now: start) == .discard)
        #expect(state.readBody(1_000_000, now: start) == .discard)
        #expect(!state.expired(now: start))
        #expect(state.expired(now: start + .seconds(1)))
    }

    @Test("with requests under way the last answer is the last one's")
    func pipelined() {
        var state = fresh
        for _ in 0..<3 {
            _ = state.readHead(close: false, now: start)
            _ = state.readEnd(now: start)
        }
        state.answerCloses()
        #expect(state.readHead(close: false, now: start) == .discard)
        #expect(state.answered(now: start) == .proceed)
        #expect(state.answered(now: start) == .proceed)
        #expect(state.answered(now: start) == .linger)
    }

    @Test("at shutdown an idle connection gets the linger time, and a request in it its answer")
    func quiesce() {
        var idle = fresh
        idle.quiesce(now: start)
        #expect(idle.expired(now: start + .seconds(1)))
        var late = fresh
        late.quiesce(now: start)
        #expect(late.readHead(close: false, now: start) == .proceed)
        _ = late.readEnd(now: start)
        #expect(late.deadline == nil)
        #expect(late.answered(now: start + .seconds(5)) == .linger)
    }

    @Test("at shutdown a request under way keeps its connection until it is answered")
    func quiesceBusy() {
        var state = fresh
        _ = state.readHead(close: false, now: start)
        _ = state.readEnd(now: start)
        state.quiesce(now: start)
        #expect(state.deadline == nil)
        #expect(state.answered(now: start) == .linger)
    }
}
