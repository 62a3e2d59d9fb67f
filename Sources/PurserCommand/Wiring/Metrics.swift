import Observability
import Service
import Tokens
import Vending

/// Everything that `/metrics` shows, and where it is counted.
struct Metrics: Meter {
    let answers = Counters<AnswerKind>()
    private let refusals = Counters<TokenRefusal.Reason>()
    private let verified = Counters<Verified>()

    func tokenVerified() { verified.increment(.all) }
    func tokenRefused(_ reason: TokenRefusal.Reason) { refusals.increment(reason) }

    func page(cache: CredentialCache, authenticator: TokenAuthenticator) -> MetricsPage {
        MetricsPage([
            answers.family("purser_answers_total", help: "Requests answered, by endpoint and the answer's code."),
            verified.family(
                "purser_tokens_verified_total", help: "Tokens verified in full and found good; known ones not counted."),
            refusals.family("purser_tokens_refused_total", help: "Tokens refused, by the first rule that they broke."),
            MetricFamily("purser_verdicts", .gauge, help: "Tokens remembered as good.") {
                [.init([], Double(authenticator.verdictCount))]
            },
            MetricFamily("purser_cached_credentials", .gauge, help: "Users and guests whose credentials are here.") {
                [.init([], Double(cache.count))]
            },
        ])
    }

    private enum Verified: CounterLabels {
        case all

        var labels: [(name: String, value: String)] { [] }
    }
}

extension TokenRefusal.Reason: CounterLabels {
    package var labels: [(name: String, value: String)] { [("reason", rawValue)] }
}
