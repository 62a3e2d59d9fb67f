// SPDX-License-Identifier: Apache-2.0

private import Synchronization
package import Vending

/// The circuit breaker of one endpoint. While it is open, calls fail at once, until a probe succeeds.
package final class CircuitBreaker: Sendable {
    package struct Limits: Sendable {
        /// Consecutive failures that open the circuit breaker.
        package var failures = 20
        /// Backoff before the first probe.
        package var pause = Duration.seconds(1)
        /// Upper limit of the backoff, which doubles with each failed probe.
        package var longestPause = Duration.seconds(10)

        package init() {}
    }

    private enum Phase {
        /// With the failures since the last success.
        case closed(Int)
        /// No call until then. `probes` counts the failed probes.
        case open(until: Duration, probes: Int)
        case probing(probes: Int)
    }

    private struct State {
        var phase = Phase.closed(0)
        /// Incremented whenever the circuit breaker opens or closes. Reports of calls from an earlier era are ignored.
        var era = 0
    }

    /// Permission for one call, whose result must be reported.
    struct Pass: Sendable {
        fileprivate let era: Int
        fileprivate let isProbe: Bool
    }

    /// What the result of a call means for the health of the endpoint.
    enum Verdict {
        case up
        case down
        /// The call did not get as far as the endpoint.
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

    /// Time until a call can be admitted; `nil` if one can be admitted now, as the probe or otherwise.
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

    /// Admits a call, as the probe if one is due. `report` must follow.
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

    /// - Returns: whether this report opened the circuit breaker.
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
            // The next call becomes the probe.
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

    /// The doubled pause with jitter: between half and all of it.
    private func pause(after probes: Int) -> Duration {
        min(limits.pause * (1 << min(probes, 10)), limits.longestPause) * (0.5 + random() / 2)
    }
}

extension AttemptError {
    static func breakerOpen(for wait: Duration) -> AttemptError {
        AttemptError(.breakerOpen, "circuit breaker open: calls of AWS failed too often", retryAfter: wait)
    }
}
