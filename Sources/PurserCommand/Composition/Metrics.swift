// SPDX-License-Identifier: Apache-2.0

import Observability
import Service
import Tokens
import Vending

/// The counters and gauges that `/metrics` shows.
struct Metrics: Meter {
    let answers = Counters<ResponseKind>()
    let latency = LatencyMetrics()
    let inFlight = RequestsInFlight()
    let calls: AWSCalls
    let limited = Counters<RateLimitError.Limit>()
    let closed = Counters<OpenConnections.Limit>()
    private let refusals = Counters<TokenError.Reason>()
    private let verified = Counters<Verified>()
    private let batches = Counters<ForwardingOutcome>()
    private let bytes = Counters<ForwardingOutcome>()

    init() {
        calls = AWSCalls(durations: latency.attempts)
    }

    func tokenVerified(in duration: Duration) {
        verified.increment(.all)
        latency.verifications[.accepted]?.observe(duration)
    }

    func tokenRefused(_ reason: TokenError.Reason, in duration: Duration) {
        refusals.increment(reason)
        latency.verifications[.refused]?.observe(duration)
    }

    func exchanged(_ error: ExchangeError.Kind?, in duration: Duration) {
        latency.exchanges[.init(error: error)]?.observe(duration)
    }

    func returned(_ audience: Grant.Audience, life seconds: Double) { latency.returned(audience, life: seconds) }

    func forwarded(_ outcome: ForwardingOutcome, bytes count: Int) {
        batches.increment(outcome)
        bytes.increment(outcome, by: count)
    }

    /// - Parameters:
    ///   - listeners: the open connections of each listener, by its name.
    ///   - logouts: `nil` if no issuer sends logout tokens.
    ///   - states: the families of other parts.
    func page(
        cache: CredentialCache, parents: ParentSessions, generations: Generations, states: [MetricFamily],
        listeners: [(name: String, OpenConnections)], lostLines: MetricFamily, logouts: LogoutList?,
        certificates: ListenerCertificates
    ) -> MetricsPage {
        MetricsPage(
            [
                answers.family("purser_answers_total", help: "Responses, by endpoint and code."),
                verified.family(
                    "purser_tokens_verified_total",
                    help: "Tokens that passed full verification; remembered tokens are not counted."),
                refusals.family(
                    "purser_tokens_refused_total", help: "Tokens rejected, by the first rule that they break."),
                batches.family(
                    "purser_forwarded_total", help: "Batches sent to the signing proxy, by outcome."),
                bytes.family("purser_forwarded_bytes_total", help: "Bytes of these batches, as received."),
                .single("purser_verdicts", help: "Remembered verdicts of valid tokens.") {
                    Double(generations.root.authenticator.verdictCount)
                },
                .single("purser_cached_credentials", help: "Users and guests with cached credentials.") {
                    Double(cache.count)
                },
                .single("purser_kept_sessions", help: "Sessions that Purser keeps to make short credentials from.") {
                    Double(parents.count)
                },
                lostLines,
            ] + remembered(logouts) + connections(listeners) + certificates.families + keys(generations)
                + calls.families + generations.families + latency.families + MetricFamily.cache(cache) + states + [
                    .buildInfo
                ]
                + ProcessMetrics().families)
    }

    private func remembered(_ logouts: LogoutList?) -> [MetricFamily] {
        guard let logouts else { return [] }
        return [
            .single("purser_logouts", help: "Remembered logouts, at most logouts.entries.") {
                Double(logouts.count)
            }
        ]
    }

    private func connections(_ listeners: [(name: String, connections: OpenConnections)]) -> [MetricFamily] {
        func gauge(
            _ name: String, help: String, _ value: @escaping @Sendable (OpenConnections) -> Int
        ) -> MetricFamily {
            MetricFamily(name, .gauge, help: help) {
                listeners.map { .init([("listener", $0.name)], Double(value($0.connections))) }
            }
        }
        return [
            gauge("purser_connections", help: "Open connections.") { $0.count },
            gauge("purser_connections_limit", help: "Open connections from which on each new one closes another.") {
                $0.limit
            },
            closed.family(
                "purser_connections_closed_total", help: "Connections closed for other ones, by the limit reached."),
            limited.family("purser_rate_limited_total", help: "Requests over a rate limit, by limit."),
        ]
    }

    private func keys(_ generations: Generations) -> [MetricFamily] {
        func family(
            _ name: String, _ kind: MetricFamily.Kind, help: String,
            _ values:
                @escaping @Sendable (KeySourceStatus) -> [(labels: [(name: String, value: String)], value: Double)]
        ) -> MetricFamily {
            MetricFamily(name, kind, help: help) {
                generations.root.authenticator.keyStatus.flatMap { issuer, status in
                    values(status).map { .init([("issuer", issuer.rawValue)] + $0.labels, $0.value) }
                }
            }
        }
        return [
            family("purser_issuer_keys", .gauge, help: "An issuer's keys in use.") { [([], Double($0.keys))] },
            family(
                "purser_issuer_keys_age_seconds", .gauge,
                help: "Time since an issuer's keys were last fetched; absent for key files and without keys."
            ) { status in
                status.age.map { [([], $0 / .seconds(1))] } ?? []
            },
            family("purser_key_fetches_total", .counter, help: "Attempts to fetch an issuer's keys.") {
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

extension RateLimitError.Limit: CounterLabels {
    package var labels: [(name: String, value: String)] { [("limit", rawValue)] }
}
