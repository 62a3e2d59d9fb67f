// SPDX-License-Identifier: Apache-2.0

import AWS
import Foundation
import Observability
import Service
import Vending

extension MetricFamily {
    /// The states that the services of a broker have.
    static func states(
        _ readiness: Readiness, _ inFlight: RequestsInFlight, _ limits: RequestLimits, _ identity: BrokerIdentity
    ) -> [MetricFamily] {
        [
            MetricFamily("purser_ready", .gauge, help: "1 while /readyz answers 200.") {
                [Sample([], readiness.isReady ? 1 : 0)]
            },
            MetricFamily(
                "purser_requests_in_flight", .gauge,
                help: "Requests that wait for a body, a key, an exchange, a delivery or an audit line."
            ) { [Sample([], Double(inFlight.count))] },
            MetricFamily(
                "purser_rate_limit_exhausted", .gauge,
                help: "Clients and users whose next request would be over a rate limit, by limit."
            ) {
                limits.exhausted.map { Sample([("limit", $0.limit.rawValue)], Double($0.count)) }
            },
            MetricFamily(
                "purser_broker_credentials_expiry_timestamp_seconds", .gauge,
                help: "When the broker's AWS credentials end; absent if they have no end or none are loaded."
            ) {
                identity.credentials.expiration.map { [Sample([], $0.timeIntervalSince1970)] } ?? []
            },
        ]
    }
}
