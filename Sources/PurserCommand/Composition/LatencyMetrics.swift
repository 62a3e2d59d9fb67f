// SPDX-License-Identifier: Apache-2.0

import AWS
import Observability
import Service
import Vending

/// The histograms: how long things take, and how long credentials still live.
struct LatencyMetrics: Sendable {
    enum Verification: String, CounterLabels {
        case accepted, refused

        var labels: [(name: String, value: String)] { [("outcome", rawValue)] }
    }

    struct Exchange: CounterLabels {
        /// `nil` for success.
        let error: ExchangeError.Kind?

        static let allCases = ([nil] + ExchangeError.Kind.allCases).map { Exchange(error: $0) }

        var labels: [(name: String, value: String)] { [("outcome", error?.rawValue ?? "succeeded")] }
    }

    /// An attempt of a call that was sent.
    struct SentAttempt: CounterLabels {
        let service: AWSCalls.Service
        let outcome: AttemptOutcome

        /// The others are not sent.
        private static let outcomes: [AttemptOutcome] = [
            .succeeded, .refused, .throttled, .failed, .timedOut,
        ]

        static let allCases = AWSCalls.Service.allCases.flatMap { service in
            outcomes.map { SentAttempt(service: service, outcome: $0) }
        }

        var labels: [(name: String, value: String)] { [("service", service.rawValue), ("outcome", outcome.rawValue)] }
    }

    /// In seconds. Cached responses take microseconds, calls of AWS up to their time-out.
    private static let requestBounds = [0.0001, 0.00025, 0.001, 0.0025, 0.01, 0.025, 0.1, 0.25, 1, 2.5, 5, 10]
    private static let verificationBounds = [0.000025, 0.0001, 0.00025, 0.001, 0.01, 0.1, 1, 5]
    private static let callBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    private static let lagBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1]
    /// From a minute up to STS's maximum of 36 hours for short credentials.
    private static let lifeBounds: [Double] = [60, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 129_600]

    let requests = Histograms<ResponseClass>(bounds: requestBounds)
    let verifications = Histograms<Verification>(bounds: verificationBounds)
    let exchanges = Histograms<Exchange>(bounds: callBounds)
    let attempts = Histograms<SentAttempt>(bounds: callBounds)
    let loopLag = Histogram(bounds: lagBounds)
    private let lifeOfUsers = Histogram(bounds: lifeBounds, resolution: .thousandth)
    private let lifeOfGuests = Histogram(bounds: lifeBounds, resolution: .thousandth)

    func returned(_ audience: Grant.Audience, life seconds: Double) {
        (audience == .guest ? lifeOfGuests : lifeOfUsers).observe(units: Int(seconds * 1_000))
    }

    var families: [MetricFamily] {
        [
            requests.family(
                "purser_request_duration_seconds",
                help: "Time from a request's last header field to its response, by endpoint and class of status."),
            verifications.family(
                "purser_verification_duration_seconds",
                help: "Time of full verifications of tokens, with fetches of keys that they wait for."),
            exchanges.family(
                "purser_exchange_duration_seconds",
                help: "Time of exchanges for credentials, with their queue and retries, by outcome."),
            attempts.family(
                "purser_aws_attempt_duration_seconds",
                help: "Time of attempts of AWS calls from when they are sent, by service and outcome."),
            MetricFamily(
                "purser_event_loop_lag_seconds", .histogram,
                help: "How late the event loops run what is due, measured four times a second on each."
            ) { loopLag.samples([]) },
            MetricFamily(
                "purser_credentials_remaining_seconds", .histogram,
                help: "What is left of the lifetime of credentials when a caller gets them, by audience."
            ) {
                lifeOfUsers.samples([("audience", Grant.Audience.signedIn.rawValue)])
                    + lifeOfGuests.samples([("audience", Grant.Audience.guest.rawValue)])
            },
        ]
    }
}
