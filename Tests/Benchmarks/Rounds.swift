// SPDX-License-Identifier: Apache-2.0

/// Named measurements, interleaved round by round, so that a slow phase of the machine affects all of them alike.
struct Rounds {
    private var samples: [String: [Double]] = [:]

    mutating func add(_ name: String, _ microseconds: Double) {
        samples[name, default: []].append(microseconds)
    }

    func median(_ name: String) -> Double? {
        Self.median(samples[name] ?? [])
    }

    /// The median of the rounds' ratios; a slow round changes it less than a ratio of medians.
    func ratio(_ name: String, to other: String) -> Double? { Self.median(ratios(name, to: other)) }

    /// The same, and the distance between the quartiles.
    func ratioAndSpread(_ name: String, to other: String) -> (ratio: Double, spread: Double)? {
        let ratios = ratios(name, to: other).sorted()
        guard let median = Self.median(ratios) else { return nil }
        return (median, ratios[ratios.count * 3 / 4] - ratios[ratios.count / 4])
    }

    private func ratios(_ name: String, to other: String) -> [Double] {
        zip(samples[name] ?? [], samples[other] ?? []).map { $0 / $1 }
    }

    private static func median(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.sorted()[values.count / 2]
    }
}
