// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// Decides which refusals have a line of their own, so that a flood of requests does not fill the disk: a token bucket.
/// It counts the other ones by reason.
package final class LineSampler: Sendable {
    private struct State {
        var tokens: Double
        var updated: Duration
        /// By reason. Reasons are from a closed list, so the size is bounded.
        var omitted: [String: Int] = [:]
    }

    private let rate: Double
    private let burst: Double
    private let now: @Sendable () -> Duration
    private let state: Mutex<State>

    /// - Parameters:
    ///   - rate: lines per second in the long run.
    ///   - burst: lines at once.
    ///   - now: time that never moves backward.
    package init(rate: Double = 100, burst: Double = 500, now: @escaping @Sendable () -> Duration = LineSampler.clock) {
        self.rate = rate
        self.burst = burst
        self.now = now
        state = Mutex(State(tokens: burst, updated: now()))
    }

    /// Whether the refusal has a line. If not, it is counted.
    package func admits(_ reason: String) -> Bool {
        let now = now()
        return state.withLock { state in
            let passed = max(0, (now - state.updated) / .seconds(1))
            state.tokens = min(burst, state.tokens + passed * rate)
            state.updated = now
            guard state.tokens >= 1 else {
                state.omitted[reason, default: 0] += 1
                return false
            }
            state.tokens -= 1
            return true
        }
    }

    /// The refusals without a line since the last call, by reason, sorted by it.
    package func takeOmitted() -> [(name: String, count: Int)] {
        let omitted = state.withLock { state in
            defer { state.omitted = [:] }
            return state.omitted
        }
        return omitted.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static let origin = ContinuousClock.now

    /// The system's continuous clock.
    package static let clock: @Sendable () -> Duration = { origin.duration(to: .now) }
}
