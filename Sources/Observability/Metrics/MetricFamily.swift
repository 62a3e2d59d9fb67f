// SPDX-License-Identifier: Apache-2.0

/// One metric with all its label values, read at each scrape.
///
/// Labels come from closed lists and from the configuration, never from a request: an attack adds no lines
/// to the page.
package struct MetricFamily: Sendable {
    package enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
        /// A gauge that is always 1 and whose labels describe the process; its name ends with `_info`.
        case info
    }

    package struct Sample: Sendable {
        package let labels: [(name: String, value: String)]
        package let value: Double
        /// Follows the name of the family, such as `_bucket`.
        package let suffix: String
        package let exemplar: Exemplar?

        package init(
            _ labels: [(name: String, value: String)] = [], _ value: Double, suffix: String = "",
            exemplar: Exemplar? = nil
        ) {
            self.labels = labels
            self.value = value
            self.suffix = suffix
            self.exemplar = exemplar
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

    /// A family of one sample without labels.
    /// - Parameter value: `nil` for no sample.
    package static func single(
        _ name: String, _ kind: Kind = .gauge, help: String, _ value: @escaping @Sendable () -> Double?
    ) -> MetricFamily {
        MetricFamily(name, kind, help: help) { value().map { [Sample([], $0)] } ?? [] }
    }
}
