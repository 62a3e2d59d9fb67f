/// The life of one HTTP/1 connection as far as its bounds are concerned. Pure: time goes in, actions come out.
struct ConnectionState {
    typealias Instant = ContinuousClock.Instant

    enum Action: Equatable {
        case proceed
        /// Drop what came in.
        case discard
        /// Say goodbye: close our side, take in what is on its way until the deadline, then close.
        case linger
    }

    private enum Phase {
        case open
        /// Our side is closed.
        case lingering
    }

    private let limits: ConnectionLimits
    private var phase = Phase.open
    /// Requests read, at least in part, and not yet answered in full.
    private(set) var unanswered = 0
    private(set) var reading = false
    private var bodyBytes = 0
    /// Of the request that is being read.
    private var bodyLimit = 0
    /// When its head had been read, where its body is wanted and so may take longer.
    private var bodyBegan: Instant?
    private(set) var closesAfterAnswer = false
    /// When the connection is to be closed unless something happens; `nil` while an answer is being made.
    private(set) var deadline: Instant?
    private var lingerEnd: Instant?

    init(limits: ConnectionLimits, now: Instant) {
        self.limits = limits
        deadline = now + limits.headerTimeout
    }

    /// - Parameter bodyLimit: bytes of the request's body at most; `nil` where nobody reads it, for the connection's
    ///   own limit.
    mutating func readHead(close: Bool, bodyLimit: Int? = nil, now: Instant) -> Action {
        guard phase == .open, !closesAfterAnswer || unanswered == 0 else { return .discard }
        unanswered += 1
        reading = true
        bodyBytes = 0
        self.bodyLimit = bodyLimit ?? limits.bodyBytes
        bodyBegan = bodyLimit == nil ? nil : now
        if close { closesAfterAnswer = true }
        deadline = now + limits.headerTimeout
        return .proceed
    }

    /// What passes the limit is dropped, but for the part that passes it: from that one the responder learns of it,
    /// and answers.
    mutating func readBody(_ count: Int, now: Instant) -> Action {
        guard phase == .open else {
            lingerOn(now: now)
            return .discard
        }
        guard reading, bodyBytes <= bodyLimit else { return .discard }
        bodyBytes += count
        if let bodyBegan { deadline = bodyBegan + bodyTime }
        return .proceed
    }

    /// Grows with what has arrived.
    private var bodyTime: Duration {
        let earned = limits.headerTimeout + .seconds(Double(bodyBytes) / Double(limits.bodyRate))
        return min(earned, max(limits.bodyTimeout, limits.headerTimeout))
    }

    mutating func readEnd(now: Instant) -> Action {
        guard phase == .open, reading else { return .discard }
        reading = false
        deadline = unanswered > 0 ? nil : now + limits.idleTimeout
        return .proceed
    }

    /// The answer's head says that the connection ends with it.
    mutating func answerCloses() {
        closesAfterAnswer = true
    }

    mutating func answered(now: Instant) -> Action {
        unanswered = max(0, unanswered - 1)
        if closesAfterAnswer, unanswered == 0 { return linger(now: now) }
        if !reading, unanswered == 0 { deadline = now + limits.idleTimeout }
        return .proceed
    }

    /// The service shuts down. A connection without a request gets the linger time for one that is on its way.
    mutating func quiesce(now: Instant) {
        closesAfterAnswer = true
        if phase == .open, unanswered == 0 {
            let soon = now + limits.linger
            deadline = deadline.map { min($0, soon) } ?? soon
        }
    }

    mutating func linger(now: Instant) -> Action {
        guard phase == .open else { return .proceed }
        phase = .lingering
        lingerEnd = now + limits.linger * 10
        deadline = now + limits.linger
        return .linger
    }

    /// Closing while bytes still come would reset the connection, and the answer with it; but not for ever.
    private mutating func lingerOn(now: Instant) {
        if let lingerEnd { deadline = min(now + limits.linger, lingerEnd) }
    }

    func expired(now: Instant) -> Bool {
        deadline.map { now >= $0 } ?? false
    }
}
