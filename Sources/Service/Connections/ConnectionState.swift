// SPDX-License-Identifier: Apache-2.0

/// The state machine of one HTTP/1 connection's limits. Pure: the caller passes the time in and performs the actions.
struct ConnectionState {
    typealias Instant = ContinuousClock.Instant

    enum Action: Equatable {
        case proceed
        /// Drop the received part.
        case discard
        /// Close the output, read and drop further bytes until the deadline, then close.
        case linger
    }

    private enum Phase {
        case open
        /// The output is closed.
        case lingering
    }

    private let rules: ConnectionRules
    private var limits: ConnectionLimits { rules.limits }
    private var phase = Phase.open
    /// By when a request must have arrived in full after the shutdown has begun.
    private var shutdownDeadline: Instant?
    /// By when the client must have read enough for the connection to be writable again.
    private var writeDeadline: Instant?
    /// Requests that are read, at least in part, and whose responses are incomplete.
    private(set) var inFlight = 0
    private(set) var reading = false
    private var bodyBytes = 0
    /// Limit of the current request's body in bytes.
    private var bodyLimit = 0
    /// When the current request's head was read, if a wire reads its body, which then has more time.
    private var bodyBegan: Instant?
    private(set) var closesAfterResponse = false
    /// `nil` while a response is in progress.
    private var phaseDeadline: Instant?
    private var lingerEnd: Instant?

    init(_ rules: ConnectionRules, now: Instant) {
        self.rules = rules
        phaseDeadline = now + rules.limits.headerTimeout
    }

    /// Whether the connection is open and no request is in progress.
    var isIdle: Bool { phase == .open && inFlight == 0 && !reading }

    /// When the connection closes unless an event changes the deadline; `nil` while a response is in progress and the
    /// client reads.
    var deadline: Instant? {
        let deadline = Self.earlier(phaseDeadline, writeDeadline)
        return reading ? Self.earlier(deadline, shutdownDeadline) : deadline
    }

    private static func earlier(_ left: Instant?, _ right: Instant?) -> Instant? {
        guard let left, let right else { return left ?? right }
        return min(left, right)
    }

    /// The channel became writable, or the client has not read enough for it to be.
    mutating func writability(_ isWritable: Bool, now: Instant) {
        let timeout = shutdownDeadline == nil ? limits.writeTimeout : limits.shutdownTimeout
        writeDeadline = isWritable ? nil : now + timeout
    }

    /// - Parameter bodyLimit: limit of the request's body in bytes; `nil` if no wire reads the body, for the
    ///   connection's limit.
    mutating func readHead(close: Bool, bodyLimit: Int? = nil, now: Instant) -> Action {
        guard phase == .open, !closesAfterResponse || inFlight == 0 else { return .discard }
        inFlight += 1
        reading = true
        bodyBytes = 0
        self.bodyLimit = bodyLimit ?? limits.bodyBytes
        bodyBegan = bodyLimit == nil ? nil : now
        if close { closesAfterResponse = true }
        phaseDeadline = now + limits.headerTimeout
        return .proceed
    }

    /// Proceeds with the part that exceeds the limit, so that the responder notices and responds, and drops all later
    /// parts.
    mutating func readBody(_ count: Int, now: Instant) -> Action {
        guard phase == .open else {
            lingerOn(now: now)
            return .discard
        }
        guard reading, bodyBytes <= bodyLimit else { return .discard }
        bodyBytes += count
        if let bodyBegan { phaseDeadline = bodyBegan + bodyTime }
        return .proceed
    }

    /// Time that the body has, which grows with the bytes that have arrived.
    private var bodyTime: Duration {
        let earned = limits.headerTimeout + .seconds(Double(bodyBytes) / Double(limits.bodyRate))
        return min(earned, max(limits.bodyTimeout, limits.headerTimeout))
    }

    mutating func readEnd(now: Instant) -> Action {
        guard phase == .open, reading else { return .discard }
        reading = false
        phaseDeadline = inFlight > 0 ? nil : now + limits.idleTimeout
        return .proceed
    }

    /// The connection closes after the current response.
    mutating func responseCloses() {
        closesAfterResponse = true
    }

    mutating func responded(now: Instant) -> Action {
        inFlight = max(0, inFlight - 1)
        if closesAfterResponse, inFlight == 0 { return linger(now: now) }
        if !reading, inFlight == 0 { phaseDeadline = now + limits.idleTimeout }
        return .proceed
    }

    /// The service shuts down. A connection without a request stays open for the linger time, because a request may be
    /// in transit; requests and responses in progress have `shutdownTimeout` from the client.
    mutating func quiesce(now: Instant) {
        closesAfterResponse = true
        if phase == .open, inFlight == 0 {
            let soon = now + limits.linger
            phaseDeadline = Self.earlier(phaseDeadline, soon)
        }
        let end = now + limits.shutdownTimeout
        shutdownDeadline = end
        if let writeDeadline { self.writeDeadline = min(writeDeadline, end) }
    }

    mutating func linger(now: Instant) -> Action {
        guard phase == .open else { return .proceed }
        phase = .lingering
        lingerEnd = now + limits.linger * 10
        phaseDeadline = now + limits.linger
        return .linger
    }

    /// Extends the deadline up to `lingerEnd`: closing while bytes arrive would reset the connection and lose the
    /// response.
    private mutating func lingerOn(now: Instant) {
        if let lingerEnd { phaseDeadline = min(now + limits.linger, lingerEnd) }
    }

    func expired(now: Instant) -> Bool {
        deadline.map { now >= $0 } ?? false
    }
}
