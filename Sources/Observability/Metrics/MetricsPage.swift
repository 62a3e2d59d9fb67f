// SPDX-License-Identifier: Apache-2.0

/// All metrics in the Prometheus text format, version 0.0.4.
package struct MetricsPage: Sendable {
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private let families: [MetricFamily]

    package init(_ families: [MetricFamily]) {
        self.families = families
    }

    /// The page with the current values.
    package func text() -> String {
        var text = ""
        for family in families {
            text += "# HELP \(family.name) \(Self.escape(family.help))\n"
            text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
            for sample in family.samples() {
                text += "\(family.name)\(Self.labels(sample.labels)) \(Self.number(sample.value))\n"
            }
        }
        return text
    }

    private static func labels(_ labels: [(name: String, value: String)]) -> String {
        guard !labels.isEmpty else { return "" }
        let pairs = labels.map { #"\#($0.name)="\#(escape($0.value, quotes: true))""# }
        return "{\(pairs.joined(separator: ","))}"
    }

    private static func escape(_ text: String, quotes: Bool = false) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += #"\\"#
            case "\n": escaped += #"\n"#
            case "\"" where quotes: escaped += #"\""#
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// Whole numbers without a fraction, as long as they fit into an `Int`.
    private static func number(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? "\(value)"
    }
}
