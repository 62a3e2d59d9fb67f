private import Synchronization

/// Stops calling an endpoint that is down: fails at once until one probe has found it up again.
package final class Breaker: Sendable {
    package struct Limits: Sendable {
        /// Failures in a row that open it.
        package var failures = 20
        /// Before the first probe.
        package var pause = Duration.seconds(1)
        /// Pauses double up to this.
        package var longestPause = Duration.seconds(10)

        package init() {}
    }

    private enum Phase {
        /// With the failures since the last success.
        case closed(Int)
        /// Until then, after so many failed probes.
        case open(until: Duration, probes: Int)
        case probing(probes: Int)
    }

    /// What a call's outcome says of the endpoint.
    enum Verdict {
        case up
        case down
        /// Nothing: the call did not come that far.
        case unknown
    }

    private let limits: Limits
    private let clock: Ticking
    private let random: @Sendable () -> Double
    private let phase = Mutex(Phase.closed(0))

    /// - Parameter random: uniform in 0..<1, so that many replicas don't probe at once.
    package convenience init(
        limits: Limits = Limits(), clock: any Clock<Duration> = ContinuousClock(),
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.init(limits: limits, clock: Ticking(clock), random: random)
    }

    init(limits: Limits, clock: Ticking, random: @escaping @Sendable () -> Double) {
        self.limits = limits
        self.clock = clock
        self.random = random
    }

    package var isOpen: Bool {
        phase.withLock { if case .closed = $0 { false } else { true } }
    }

    /// Whether a call has no chance, without becoming the probe.
    func check() throws(AttemptFailure) {
        let now = clock.now()
        let wait = phase.withLock { phase -> Duration? in
            switch phase {
            case .closed: nil
            case .open(let until, _): until > now ? until - now : nil
            case .probing: limits.pause
            }
        }
        if let wait { throw Self.failure(wait) }
    }

    /// Lets a call through, as the probe where one is due; `report` must follow.
    /// - Returns: whether it is the probe.
    func admit() throws(AttemptFailure) -> Bool {
        let now = clock.now()
        let (wait, isProbe) = phase.withLock { phase -> (Duration?, Bool) in
            switch phase {
            case .closed: return (nil, false)
            case .open(let until, let probes):
                guard until <= now else { return (until - now, false) }
                phase = .probing(probes: probes)
                return (nil, true)
            case .probing: return (limits.pause, false)
            }
        }
        if let wait { throw Self.failure(wait) }
        return isProbe
    }

    func report(_ verdict: Verdict, isProbe: Bool) {
        let now = clock.now()
        phase.withLock { phase in
            switch (phase, verdict) {
            case (.probing, .up) where isProbe: phase = .closed(0)
            case (.probing(let probes), .down) where isProbe:
                phase = .open(until: now + pause(after: probes + 1), probes: probes + 1)
            // The next call is the probe in its place.
            case (.probing(let probes), .unknown) where isProbe: phase = .open(until: now, probes: probes)
            case (.closed, .up): phase = .closed(0)
            case (.closed(let failures), .down):
                phase =
                    failures + 1 >= limits.failures
                    ? .open(until: now + pause(after: 0), probes: 0) : .closed(failures + 1)
            // Calls from before it opened.
            default: break
            }
        }
    }

    /// Half to all of the doubled pause.
    private func pause(after probes: Int) -> Duration {
        min(limits.pause * (1 << min(probes, 10)), limits.longestPause) * (0.5 + random() / 2)
    }

    private static func failure(_ wait: Duration) -> AttemptFailure {
        AttemptFailure(.breakerOpen, "AWS is not asked: it failed too often just now", retryAfter: wait)
    }
}
