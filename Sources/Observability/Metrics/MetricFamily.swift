// SPDX-License-Identifier: Apache-2.0

/// One metric with all its label values, read at each scrape.
///
/// Labels come from closed lists and from the configuration, never from a request: an attack adds no lines
/// to the page.
package struct MetricFamily: Sendable {
    package enum Kind: String, Sendable {
        case counter
        case gauge
    }

    package struct Sample: Sendable {
        package let labels: [(name: String, value: String)]
        package let value: Double

        package init(_ labels: [(name: String, value: String)] = [], _ value: Double) {
            self.labels = labels
            self.value = value
        }
    }

    /// Ends with a unit or `_total`, as Prometheus recommends.
    package let name: String
    package let help: String
    package let kind: Kind
    package let samples: @Sendable () -> [Sample]

    package init(_ name: String, _ kind: Kind, help: String, samples: @escaping @Sendable () -> [Sample]) {
        self.name = name
        self.kind = kind
        self.help = help
        self.samples = samples
    }
}
