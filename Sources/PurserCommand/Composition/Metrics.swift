import Observability
import Service
import Tokens
import Vending

/// Everything that `/metrics` shows, and where it is counted.
struct Metrics: Meter {
    let answers = Counters<ResponseKind>()
    let calls = AWSCalls()
    private let refusals = Counters<TokenError.Reason>()
    private let verified = Counters<Verified>()
    private let batches = Counters<ForwardingOutcome>()
    private let bytes = Counters<ForwardingOutcome>()

    func tokenVerified() { verified.increment(.all) }
    func tokenRefused(_ reason: TokenError.Reason) { refusals.increment(reason) }

    func forwarded(_ outcome: ForwardingOutcome, bytes count: Int) {
        batches.increment(outcome)
        bytes.increment(outcome, by: count)
    }

    func page(cache: CredentialCache, authenticator: TokenAuthenticator) -> MetricsPage {
        MetricsPage(
            [
                answers.family("purser_answers_total", help: "Requests answered, by endpoint and the answer's code."),
                verified.family(
                    "purser_tokens_verified_total",
                    help: "Tokens verified in full and found good; known ones not counted."),
                refusals.family(
                    "purser_tokens_refused_total", help: "Tokens refused, by the first rule that they broke."),
                batches.family(
                    "purser_forwarded_total", help: "Batches that pages sent to be signed, by what came of them."),
                bytes.family("purser_forwarded_bytes_total", help: "Bytes of these batches, as they came."),
                MetricFamily("purser_verdicts", .gauge, help: "Tokens remembered as good.") {
                    [.init([], Double(authenticator.verdictCount))]
                },
                MetricFamily("purser_cached_credentials", .gauge, help: "Users and guests whose credentials are here.")
                {
                    [.init([], Double(cache.count))]
                },
            ] + keys(authenticator) + calls.families)
    }

    private func keys(_ authenticator: TokenAuthenticator) -> [MetricFamily] {
        func family(
            _ name: String, _ kind: MetricFamily.Kind, help: String,
            _ values:
                @escaping @Sendable (KeySourceStatus) -> [(labels: [(name: String, value: String)], value: Double)]
        ) -> MetricFamily {
            MetricFamily(name, kind, help: help) {
                authenticator.keyStatus.flatMap { issuer, status in
                    values(status).map { .init([("issuer", issuer.rawValue)] + $0.labels, $0.value) }
                }
            }
        }
        return [
            family("purser_issuer_keys", .gauge, help: "Keys of an issuer in use.") { [([], Double($0.keys))] },
            family(
                "purser_issuer_keys_age_seconds", .gauge,
                help: "Time since an issuer's keys were last heard of; absent for files and while there are none."
            ) { status in
                status.age.map { [([], $0 / .seconds(1))] } ?? []
            },
            family("purser_key_fetches_total", .counter, help: "Attempts to get an issuer's keys.") {
                [([("outcome", "succeeded")], Double($0.succeeded)), ([("outcome", "failed")], Double($0.failed))]
            },
        ]
    }

    private enum Verified: CounterLabels {
        case all

        var labels: [(name: String, value: String)] { [] }
    }
}

extension TokenError.Reason: CounterLabels {
    package var labels: [(name: String, value: String)] { [("reason", rawValue)] }
}

extension ForwardingOutcome: CounterLabels {
    package var labels: [(name: String, value: String)] { [("outcome", rawValue)] }
}
