// SPDX-License-Identifier: Apache-2.0

import AWS
import Observability
import Synchronization

/// Counts the attempts of AWS calls and keeps the guards of the endpoints, by service.
final class AWSCalls: Sendable {
    enum Service: String, CaseIterable, Sendable {
        case sts
        /// The data plane.
        case rum
        /// GetId of Cognito identity pools, which has a quota of its own.
        case cognitoGetID = "cognito-get-id"
        /// The other calls of Cognito identity pools.
        case cognito
    }

    struct Attempt: CounterLabels {
        let service: Service
        let outcome: AttemptOutcome

        static let allCases = Service.allCases.flatMap { service in
            AttemptOutcome.allCases.map { Attempt(service: service, outcome: $0) }
        }

        var labels: [(name: String, value: String)] { [("service", service.rawValue), ("outcome", outcome.rawValue)] }
    }

    /// The sizes of the sessions that STS returns.
    let spaces = SessionSpaces()
    private let attempts = Counters<Attempt>()
    private let durations: Histograms<LatencyMetrics.SentAttempt>
    private let guards = Mutex<[Service: [EndpointGuard]]>([:])

    init(durations: Histograms<LatencyMetrics.SentAttempt>) {
        self.durations = durations
    }

    /// Makes a guard for one endpoint of a service. Guards of the same host share a circuit breaker.
    /// - Parameter signedInReserve: percentage of the calls that signed-in users get at least while guests wait too.
    func endpointGuard(
        _ service: Service, perSecond rate: Int, signedInReserve: Int, breaker: CircuitBreaker = CircuitBreaker()
    ) -> EndpointGuard {
        let limiter = RateLimiter(limits: .init(ceiling: Double(rate), signedInReserve: signedInReserve))
        let newGuard = EndpointGuard(
            limiter: limiter, breaker: breaker,
            attempted: { [attempts] in attempts.increment(Attempt(service: service, outcome: $0)) },
            sent: { [durations] in durations[.init(service: service, outcome: $0)]?.observe($1) })
        guards.withLock { $0[service, default: []].append(newGuard) }
        return newGuard
    }

    /// One service's guards together.
    struct State: Sendable {
        let service: Service
        let isBreakerOpen: Bool
        /// Calls queued by the rate limiters.
        let waiting: Int
        /// Calls per second that the rate limiters admit.
        let rate: Double
        /// The same without a reduction after throttling.
        let ceiling: Double
    }

    var states: [State] {
        guards.withLock { $0 }.sorted { $0.key.rawValue < $1.key.rawValue }.map { service, guards in
            State(
                service: service, isBreakerOpen: guards.contains { $0.breaker.isOpen },
                waiting: guards.reduce(0) { $0 + $1.limiter.status.waiting },
                rate: guards.reduce(0) { $0 + $1.limiter.status.rate },
                ceiling: guards.reduce(0) { $0 + $1.limiter.ceiling })
        }
    }

    var families: [MetricFamily] {
        func gauge(
            _ name: String, help: String, _ value: @escaping @Sendable (State) -> Double
        ) -> MetricFamily {
            MetricFamily(name, .gauge, help: help) { [self] in
                states.map { .init([("service", $0.service.rawValue)], value($0)) }
            }
        }
        return [
            attempts.family("purser_aws_attempts_total", help: "Attempts of AWS calls, by outcome."),
            gauge("purser_aws_rate", help: "Calls per second that the rate limiter admits.") {
                $0.rate
            },
            gauge("purser_aws_rate_limit", help: "Calls per second that the configuration or AWS's quota admits.") {
                $0.ceiling
            },
            gauge("purser_aws_waiting", help: "Calls queued by the rate limiter.") {
                Double($0.waiting)
            },
            gauge("purser_aws_breaker_open", help: "1 while the circuit breaker is open because AWS failed too often.")
            {
                $0.isBreakerOpen ? 1 : 0
            },
        ] + spaces.families
    }
}
