// SPDX-License-Identifier: Apache-2.0

private import FoundationEssentials
private import Synchronization

/// Counts observations in fixed buckets. An observation takes two atomic additions, no lock and no memory.
///
/// A bucket has an exemplar: its first observation, and then each whose number in the bucket is a power of two up to
/// 1,024 or a multiple of that. So a busy bucket has a recent one, and the choice needs no clock.
package final class Histogram: Sendable {
    private final class Bucket: Sendable {
        let count = Atomic(0)
        let exemplar = Mutex<Exemplar?>(nil)
    }

    /// A value to observe is a whole number of this fraction of the base unit.
    package enum Resolution: Int, Sendable {
        /// For durations of calls: the sum is exact up to 292 years.
        case billionth = 1_000_000_000
        /// For lifetimes.
        case thousandth = 1_000
    }

    /// Between two exemplars of a busy bucket.
    private static let exemplarInterval = 1_024

    /// The upper bounds of the buckets but the last, which has none; in the base unit.
    package let bounds: [Double]
    private let limits: [Int]
    private let buckets: [Bucket]
    private let sum = Atomic(0)
    private let resolution: Int

    /// - Parameter bounds: ascending, in the base unit, such as seconds.
    package init(bounds: [Double], resolution: Resolution = .billionth) {
        self.bounds = bounds
        self.resolution = resolution.rawValue
        limits = bounds.map { Int(($0 * Double(resolution.rawValue)).rounded()) }
        buckets = (0...bounds.count).map { _ in Bucket() }
    }

    /// Observes a duration. Only for a resolution of a billionth of a second.
    /// - Parameter exemplar: evaluated for the few observations that are kept as an exemplar.
    package func observe(
        _ duration: Duration, exemplar: @autoclosure () -> (name: String, value: String)? = nil
    ) {
        let (seconds, attoseconds) = duration.components
        observe(units: Int(seconds) &* 1_000_000_000 &+ Int(attoseconds / 1_000_000_000), exemplar: exemplar())
    }

    /// - Parameter units: in the resolution. What is below 0 counts as 0.
    package func observe(units: Int, exemplar: @autoclosure () -> (name: String, value: String)? = nil) {
        let units = max(0, units)
        var index = 0
        while index < limits.count, units > limits[index] { index += 1 }
        let bucket = buckets[index]
        sum.wrappingAdd(units, ordering: .relaxed)
        let number = bucket.count.wrappingAdd(1, ordering: .relaxed).newValue
        guard number % Self.exemplarInterval == 0 || number < Self.exemplarInterval && number & (number - 1) == 0,
            let (name, value) = exemplar()
        else { return }
        let kept = Exemplar(
            name: name, value: value, observed: Double(units) / Double(resolution), time: Date().timeIntervalSince1970)
        bucket.exemplar.withLock { $0 = kept }
    }

    /// The number of observations.
    package var count: Int { buckets.reduce(0) { $0 + $1.count.load(ordering: .relaxed) } }

    /// `_bucket` for each bound, cumulative, then `_sum` and `_count`.
    package func samples(_ labels: [(name: String, value: String)]) -> [MetricFamily.Sample] {
        var samples: [MetricFamily.Sample] = []
        samples.reserveCapacity(buckets.count + 2)
        // Before the buckets: an observation in between is missing in the sum of this scrape, not of the next.
        let total = Double(sum.load(ordering: .relaxed)) / Double(resolution)
        var count = 0
        for (index, bucket) in buckets.enumerated() {
            count += bucket.count.load(ordering: .relaxed)
            let bound = index < bounds.count ? "\(bounds[index])" : "+Inf"
            samples.append(
                MetricFamily.Sample(
                    labels + [("le", bound)], Double(count), suffix: "_bucket",
                    exemplar: bucket.exemplar.withLock { $0 }))
        }
        samples.append(MetricFamily.Sample(labels, total, suffix: "_sum"))
        samples.append(MetricFamily.Sample(labels, Double(count), suffix: "_count"))
        return samples
    }
}

/// A histogram for each value of a closed list, all with the same buckets.
package struct Histograms<Labels: CounterLabels>: Sendable {
    private let histograms: [Labels: Histogram]

    package init(bounds: [Double], resolution: Histogram.Resolution = .billionth) {
        histograms = Dictionary(
            uniqueKeysWithValues: Labels.allCases.map { ($0, Histogram(bounds: bounds, resolution: resolution)) })
    }

    /// `nil` only for a value that the list does not have.
    package subscript(labels: Labels) -> Histogram? { histograms[labels] }

    package func family(_ name: String, help: String) -> MetricFamily {
        MetricFamily(name, .histogram, help: help) {
            Labels.allCases.flatMap { histograms[$0]?.samples($0.labels) ?? [] }
        }
    }
}
