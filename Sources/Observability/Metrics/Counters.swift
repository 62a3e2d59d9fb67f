// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// The label values of a counter: a closed list, so that the number of time series is fixed from the start.
package protocol CounterLabels: CaseIterable, Hashable, Sendable {
    var labels: [(name: String, value: String)] { get }
}

/// A counter for each value of a closed list, starting at 0. Counting takes no lock.
package struct Counters<Labels: CounterLabels>: Sendable {
    private final class Count: Sendable {
        let value = Atomic(0)
    }

    private let counts: [Labels: Count]

    package init() {
        counts = Dictionary(uniqueKeysWithValues: Labels.allCases.map { ($0, Count()) })
    }

    package func increment(_ labels: Labels, by number: Int = 1) {
        counts[labels]?.value.wrappingAdd(number, ordering: .relaxed)
    }

    package subscript(labels: Labels) -> Int {
        counts[labels]?.value.load(ordering: .relaxed) ?? 0
    }

    package func family(_ name: String, help: String) -> MetricFamily {
        MetricFamily(name, .counter, help: help) {
            Labels.allCases.map { MetricFamily.Sample($0.labels, Double(self[$0])) }
        }
    }
}
