/// Stands before one AWS endpoint: its quota is kept, and while it is down it is left alone.
package struct EndpointGuard: Sendable {
    package let limiter: RateLimiter
    package let breaker: CircuitBreaker
    private let attempted: @Sendable (AttemptOutcome) -> Void

    /// - Parameter attempted: told of every attempt's end.
    package init(
        limiter: RateLimiter, breaker: CircuitBreaker,
        attempted: @escaping @Sendable (AttemptOutcome) -> Void = { _ in }
    ) {
        self.limiter = limiter
        self.breaker = breaker
        self.attempted = attempted
    }

    /// One attempt, when its turn has come.
    /// - Parameters:
    ///   - share: whose attempt it is, for fairness: an app's name.
    ///   - patience: how long it may wait for its turn.
    func run<Value: Sendable>(
        share: String, patience: Duration, _ attempt: () async throws(AttemptError) -> Value
    ) async throws(AttemptError) -> Value {
        do throws(AttemptError) {
            if let wait = breaker.wait { throw .breakerOpen(for: wait) }
            try await limiter.turn(of: share, within: patience)
            let pass = try breaker.admit()
            return try await judged(pass, attempt)
        } catch {
            attempted(AttemptOutcome(error.kind))
            throw error
        }
    }

    private func judged<Value: Sendable>(
        _ pass: CircuitBreaker.Pass, _ attempt: () async throws(AttemptError) -> Value
    ) async throws(AttemptError) -> Value {
        do throws(AttemptError) {
            let value = try await attempt()
            breaker.report(.up, pass)
            attempted(.succeeded)
            return value
        } catch {
            if error.kind == .throttled { limiter.throttled() }
            // Nobody is to wait for his turn at an endpoint that is down.
            if breaker.report(error.kind.verdict, pass), let wait = breaker.wait { limiter.dismiss(for: wait) }
            throw error
        }
    }
}

/// How one attempt of a call ended, for counting.
package enum AttemptOutcome: String, CaseIterable, Sendable {
    case succeeded
    case refused
    case throttled
    case failed
    case timedOut = "timed_out"
    case cancelled
    /// Not sent: too many wait for the quota.
    case turnedAway = "turned_away"
    /// Not sent: the endpoint is down.
    case breakerOpen = "breaker_open"

    init(_ kind: AttemptError.Kind) {
        self =
            switch kind {
            case .refused, .tokenExpired, .signerExpired, .clockSkewed, .brokerCredentials: .refused
            case .throttled: .throttled
            case .transient, .transientOnce, .providerFailed: .failed
            case .timedOut: .timedOut
            case .cancelled: .cancelled
            case .turnedAway: .turnedAway
            case .breakerOpen: .breakerOpen
            }
    }
}

extension AttemptError.Kind {
    var verdict: CircuitBreaker.Verdict {
        switch self {
        case .transient, .timedOut: .down
        case .cancelled, .brokerCredentials, .turnedAway, .breakerOpen: .unknown
        // It answered.
        case .refused, .tokenExpired, .throttled, .transientOnce, .providerFailed, .signerExpired, .clockSkewed: .up
        }
    }
}
