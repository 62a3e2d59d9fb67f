import AWS
import Observability
import Synchronization

/// What is known of Purser's calls to AWS, by service.
final class AWSCalls: Sendable {
    enum Service: String, CaseIterable, Sendable {
        case sts
        /// The data plane.
        case rum
        /// GetId of Cognito identity pools, and their other calls.
        case cognitoGetID = "cognito-get-id"
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

    private let attempts = Counters<Attempt>()
    private let guards = Mutex<[Service: [EndpointGuard]]>([:])

    /// A guard for one endpoint of a service; several share a breaker where they are one host.
    func endpointGuard(_ service: Service, perSecond rate: Int, breaker: CircuitBreaker = CircuitBreaker())
        -> EndpointGuard
    {
        let made = EndpointGuard(limiter: RateLimiter(limits: .init(ceiling: Double(rate))), breaker: breaker) {
            [attempts] outcome in attempts.increment(Attempt(service: service, outcome: outcome))
        }
        guards.withLock { $0[service, default: []].append(made) }
        return made
    }

    var families: [MetricFamily] {
        func gauge(
            _ name: String, help: String, _ value: @escaping @Sendable ([EndpointGuard]) -> Double
        ) -> MetricFamily {
            MetricFamily(name, .gauge, help: help) { [self] in
                guards.withLock { $0 }.sorted { $0.key.rawValue < $1.key.rawValue }
                    .map { .init([("service", $0.key.rawValue)], value($0.value)) }
            }
        }
        return [
            attempts.family("purser_aws_attempts_total", help: "Attempts at calls to AWS, by how they ended."),
            gauge("purser_aws_rate", help: "Calls a second that are let through at the moment.") {
                $0.reduce(0) { $0 + $1.limiter.status.rate }
            },
            gauge("purser_aws_waiting", help: "Calls that wait for their turn.") {
                Double($0.reduce(0) { $0 + $1.limiter.status.waiting })
            },
            gauge("purser_aws_breaker_open", help: "1 while AWS is not asked because it failed too often.") {
                $0.contains { $0.breaker.isOpen } ? 1 : 0
            },
        ]
    }
}
