// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// The label values of a counter: a closed list, so that the number of time series is fixed from the start.
package protocol CounterLabels: CaseIterable, Hashable, Sendable {
    var labels: [(name: String, value: String)] { get }
}

/// One counter. Counting takes no lock.
package final class Counter: Sendable {
    private let value = Atomic(0)

    init() {}

    package var count: Int { value.load(ordering: .relaxed) }
    package func increment(by number: Int = 1) { value.wrappingAdd(number, ordering: .relaxed) }
}

/// A counter for each value of a closed list, starting at 0. Counting takes no lock.
package struct Counters<Labels: CounterLabels>: Sendable {
    private let counts: [Labels: Counter]

    package init() {
        counts = Dictionary(uniqueKeysWithValues: Labels.allCases.map { ($0, Counter()) })
    }

    package func increment(_ labels: Labels, by number: Int = 1) {
        counts[labels]?.increment(by: number)
    }

    package subscript(labels: Labels) -> Int {
        counts[labels]?.count ?? 0
    }

    /// For hot paths, which look a counter up once; `nil` only for a value that the list does not have.
    package func counter(of labels: Labels) -> Counter? { counts[labels] }

    package func family(_ name: String, help: String) -> MetricFamily {
        MetricFamily(name, .counter, help: help) {
            Labels.allCases.map { MetricFamily.Sample($0.labels, Double(self[$0])) }
        }
    }
}
