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
            .single("purser_ready", help: "1 while /readyz answers 200.") { readiness.isReady ? 1 : 0 },
            .single(
                "purser_requests_in_flight",
                help: "Requests that wait for a body, a key, an exchange, a delivery or an audit line."
            ) { Double(inFlight.count) },
            MetricFamily(
                "purser_rate_limit_exhausted", .gauge,
                help: "Clients and users whose next request would be over a rate limit, by limit."
            ) {
                limits.exhausted.map { Sample([("limit", $0.limit.rawValue)], Double($0.count)) }
            },
            .single(
                "purser_broker_credentials_expiry_timestamp_seconds",
                help: "When the broker's AWS credentials end; absent if they have no end or none are loaded."
            ) { identity.credentials.expiration?.timeIntervalSince1970 },
        ]
    }
}
