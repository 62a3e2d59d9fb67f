// SPDX-License-Identifier: Apache-2.0

import Vending

/// The rate limit and the circuit breaker of one AWS endpoint.
package struct EndpointGuard: Sendable {
    package let limiter: RateLimiter
    package let breaker: CircuitBreaker
    private let attempted: @Sendable (AttemptOutcome) -> Void
    private let sent: @Sendable (AttemptOutcome, Duration) -> Void

    /// - Parameters:
    ///   - attempted: called at the end of every attempt.
    ///   - sent: called at the end of every attempt that was sent, with the time from then on, so without the queue.
    package init(
        limiter: RateLimiter, breaker: CircuitBreaker,
        attempted: @escaping @Sendable (AttemptOutcome) -> Void = { _ in },
        sent: @escaping @Sendable (AttemptOutcome, Duration) -> Void = { _, _ in }
    ) {
        self.sent = sent
        self.limiter = limiter
        self.breaker = breaker
        self.attempted = attempted
    }

    /// Runs one attempt once the rate limiter admits it.
    /// - Parameters:
    ///   - share: on whose behalf the attempt is made.
    ///   - patience: how long the attempt may wait in the queue.
    ///   - check: called after the wait in the queue. If it throws, the attempt has used its turn, nothing is sent, and
    ///     the circuit breaker learns nothing.
    func run<Value: Sendable>(
        share: CallShare, patience: Duration, checking check: () async throws(AttemptError) -> Void = {},
        _ attempt: () async throws(AttemptError) -> Value
    ) async throws(AttemptError) -> Value {
        do throws(AttemptError) {
            if let wait = breaker.wait { throw .breakerOpen(for: wait) }
            try await limiter.turn(of: share, within: patience)
            try await check()
            let pass = try breaker.admit()
            return try await runAndReport(pass, attempt)
        } catch {
            attempted(AttemptOutcome(error.kind))
            throw error
        }
    }

    private func runAndReport<Value: Sendable>(
        _ pass: CircuitBreaker.Pass, _ attempt: () async throws(AttemptError) -> Value
    ) async throws(AttemptError) -> Value {
        let began = ContinuousClock.now
        do throws(AttemptError) {
            let value = try await attempt()
            breaker.report(.up, pass)
            attempted(.succeeded)
            sent(.succeeded, began.duration(to: .now))
            return value
        } catch {
            sent(AttemptOutcome(error.kind), began.duration(to: .now))
            if error.kind == .throttled { limiter.throttled() }
            // No call waits in the queue of an endpoint that is down.
            if breaker.report(error.kind.verdict, pass), let wait = breaker.wait { limiter.dismiss(for: wait) }
            throw error
        }
    }
}

/// How one attempt of a call ended, for metrics.
package enum AttemptOutcome: String, CaseIterable, Sendable {
    case succeeded
    case refused
    case throttled
    case failed
    case timedOut = "timed_out"
    case cancelled
    /// Not sent: the rate limiter rejected the call.
    case rateLimited = "turned_away"
    /// Not sent: the circuit breaker is open.
    case breakerOpen = "breaker_open"
    /// Not sent: all connections to the host were in use.
    case noConnection = "no_connection"
    /// Not sent: the batch failed its check.
    case batchRefused = "batch_refused"

    init(_ kind: AttemptError.Kind) {
        self =
            switch kind {
            case .refused, .tokenExpired, .signerExpired, .clockSkewed, .brokerCredentials: .refused
            case .throttled: .throttled
            case .transient, .transientOnce, .providerFailed: .failed
            case .timedOut: .timedOut
            case .cancelled: .cancelled
            case .rateLimited: .rateLimited
            case .breakerOpen: .breakerOpen
            case .noConnection: .noConnection
            case .batchRefused: .batchRefused
            }
    }
}

extension AttemptError.Kind {
    var verdict: CircuitBreaker.Verdict {
        switch self {
        case .transient, .timedOut: .down
        case .cancelled, .brokerCredentials, .rateLimited, .breakerOpen, .noConnection, .batchRefused: .unknown
        // The endpoint responded.
        case .refused, .tokenExpired, .throttled, .transientOnce, .providerFailed, .signerExpired, .clockSkewed: .up
        }
    }
}
