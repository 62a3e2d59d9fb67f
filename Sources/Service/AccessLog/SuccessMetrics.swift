// SPDX-License-Identifier: Apache-2.0

import Observability

/// The counter and the histogram of successes by endpoint, found by position: the look-up in a dictionary of labels
/// hashes the names of endpoints, which takes longer than counting.
struct SuccessMetrics: Sendable {
    private struct Pair: Sendable {
        let counter: Counter?
        let durations: Histogram?
    }

    private let pairs: [Pair]

    init(_ counters: Counters<ResponseKind>, _ durations: Histograms<ResponseClass>) {
        pairs = EndpointLabel.allCases.map { endpoint in
            Pair(
                counter: counters.counter(of: ResponseKind(endpoint: endpoint, code: nil)),
                durations: durations[ResponseClass(endpoint: endpoint, status: .success)])
        }
    }

    /// - Parameter duration: in nanoseconds.
    func add(_ endpoint: EndpointLabel, _ duration: Int, requestID: String) {
        let pair = pairs[endpoint.index]
        pair.counter?.increment()
        pair.durations?.observe(units: duration, exemplar: ("request_id", requestID))
    }
}
