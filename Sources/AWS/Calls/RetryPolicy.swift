// SPDX-License-Identifier: Apache-2.0

import Vending

/// The SDKs' "standard" retry mode ("Retry behavior", AWS SDKs and Tools Reference Guide), within one deadline.
package struct RetryPolicy: Sendable {
    package struct Limits: Sendable {
        package var attempts: Int
        /// Limit of one attempt.
        package var attempt: Duration
        /// Limit of all attempts and the pauses between them.
        package var deadline: Duration

        package init(attempts: Int = 3, attempt: Duration = .seconds(5), deadline: Duration = .seconds(8)) {
            self.attempts = attempts
            self.attempt = attempt
            self.deadline = deadline
        }
    }

    /// With less time left, an attempt would only replace the cause of the failure with its own time-out.
    private static let leastAttempt = Duration.milliseconds(250)

    private var limits: Limits
    private let quota: RetryQuota
    private let time: MonotonicTime
    private let random: @Sendable () -> Double

    /// - Parameters:
    ///   - quota: shared by all callers of the same service.
    ///   - random: uniform in 0..<1, for the jitter.
    package init(
        limits: Limits = Limits(), quota: RetryQuota = RetryQuota(), clock: any Clock<Duration> = ContinuousClock(),
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.limits = limits
        self.quota = quota
        time = MonotonicTime(clock)
        self.random = random
    }

    /// A copy with at most this much time.
    /// - Throws: `timedOut` if the time is too short for an attempt.
    func within(_ time: Duration) throws(AttemptError) -> RetryPolicy {
        guard time >= Self.leastAttempt else { throw AttemptError(.timedOut, "no time was left for another call") }
        var policy = self
        policy.limits.deadline = min(limits.deadline, time)
        return policy
    }

    /// Starts the deadline, and returns a function for the time left. For an exchange of several calls.
    func countdown() -> @Sendable () -> Duration {
        let end = time.now() + limits.deadline
        return { [time] in end - time.now() }
    }

    /// Retries until an attempt succeeds, a failure is final, or attempts, quota or time are used up. Throws the last
    /// failure.
    /// - Parameter attempt: receives its time budget.
    func run<Value: Sendable>(
        _ attempt: (AttemptTime) async throws(AttemptError) -> Value
    ) async throws(AttemptError) -> Value {
        let left = countdown()
        var repeated: Set<AttemptError.Kind> = []
        var number = 1
        while true {
            let failure: AttemptError
            do throws(AttemptError) {
                let value = try await attempt(AttemptTime(left: left, limit: limits.attempt))
                quota.credit()
                return value
            } catch {
                failure = error
            }
            let pause = pause(after: failure, attempt: number)
            guard number < limits.attempts, mayRepeat(failure.kind, &repeated), pause + Self.leastAttempt <= left(),
                quota.take(failure.kind == .timedOut ? 10 : 5)
            else { throw failure }
            do {
                try await time.sleep(pause)
            } catch {
                throw AttemptError(.cancelled, "cancelled between attempts")
            }
            number += 1
        }
    }

    private func mayRepeat(_ kind: AttemptError.Kind, _ repeated: inout Set<AttemptError.Kind>) -> Bool {
        switch kind {
        case .throttled, .transient, .providerFailed, .timedOut: true
        case .transientOnce, .signerExpired, .clockSkewed: repeated.insert(kind).inserted
        case .refused, .tokenExpired, .cancelled, .brokerCredentials, .rateLimited, .breakerOpen, .noConnection,
            .batchRefused:
            false
        }
    }

    /// Backoff with full jitter up to min(2^(n-1), 20) seconds, unless AWS requests a wait.
    private func pause(after failure: AttemptError, attempt number: Int) -> Duration {
        switch failure.kind {
        case .signerExpired, .clockSkewed: .zero
        default: failure.retryAfter ?? .seconds(random() * Double(min(1 << min(number - 1, 5), 20)))
        }
    }
}
