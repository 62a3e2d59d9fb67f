private import Synchronization
package import Vending

/// Stops calling an endpoint that is down: fails at once until one probe has found it up again.
package final class CircuitBreaker: Sendable {
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

    private struct State {
        var phase = Phase.closed(0)
        /// Counts the times that it opened or closed: what a call of an earlier one says is of the past.
        var era = 0
    }

    /// A call's leave to go out, to be reported on.
    struct Pass: Sendable {
        fileprivate let era: Int
        fileprivate let isProbe: Bool
    }

    /// What a call's outcome says of the endpoint.
    enum Verdict {
        case up
        case down
        /// Nothing: the call did not come that far.
        case unknown
    }

    private let limits: Limits
    private let clock: MonotonicTime
    private let random: @Sendable () -> Double
    private let state = Mutex(State())

    /// - Parameter random: uniform in 0..<1, so that many replicas don't probe at once.
    package init(
        limits: Limits = Limits(), clock: MonotonicTime = .system,
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.limits = limits
        self.clock = clock
        self.random = random
    }

    package var isOpen: Bool {
        state.withLock { if case .closed = $0.phase { false } else { true } }
    }

    /// How long a call has no chance; `nil` where it has one, as the probe or otherwise.
    var wait: Duration? {
        let now = clock.now()
        return state.withLock { state in
            switch state.phase {
            case .closed: nil
            case .open(let until, _): until > now ? until - now : nil
            case .probing: limits.pause
            }
        }
    }

    /// Lets a call through, as the probe where one is due; `report` must follow.
    func admit() throws(AttemptError) -> Pass {
        let now = clock.now()
        let (pass, wait) = state.withLock { state -> (Pass?, Duration) in
            switch state.phase {
            case .closed: return (Pass(era: state.era, isProbe: false), .zero)
            case .open(let until, let probes):
                guard until <= now else { return (nil, until - now) }
                state.phase = .probing(probes: probes)
                return (Pass(era: state.era, isProbe: true), .zero)
            case .probing: return (nil, limits.pause)
            }
        }
        guard let pass else { throw .breakerOpen(for: wait) }
        return pass
    }

    /// - Returns: whether it has opened just now.
    @discardableResult
    func report(_ verdict: Verdict, _ pass: Pass) -> Bool {
        let now = clock.now()
        return state.withLock { state in
            guard pass.era == state.era else { return false }
            switch (state.phase, verdict) {
            case (.probing, .up) where pass.isProbe:
                state.phase = .closed(0)
                state.era += 1
            case (.probing(let probes), .down) where pass.isProbe:
                state.phase = .open(until: now + pause(after: probes + 1), probes: probes + 1)
            // The next call is the probe in its place.
            case (.probing(let probes), .unknown) where pass.isProbe:
                state.phase = .open(until: now, probes: probes)
            case (.closed, .up): state.phase = .closed(0)
            case (.closed(let failures), .down):
                guard failures + 1 >= limits.failures else {
                    state.phase = .closed(failures + 1)
                    return false
                }
                state.phase = .open(until: now + pause(after: 0), probes: 0)
                state.era += 1
                return true
            default: break
            }
            return false
        }
    }

    /// Half to all of the doubled pause.
    private func pause(after probes: Int) -> Duration {
        min(limits.pause * (1 << min(probes, 10)), limits.longestPause) * (0.5 + random() / 2)
    }
}

extension AttemptError {
    static func breakerOpen(for wait: Duration) -> AttemptError {
        AttemptError(.breakerOpen, "AWS is not asked: it failed too often just now", retryAfter: wait)
    }
}
