// SPDX-License-Identifier: Apache-2.0

/// All metrics in the Prometheus text format, version 0.0.4, or in OpenMetrics 1.0.0.
package struct MetricsPage: Sendable {
    private let families: [MetricFamily]

    package init(_ families: [MetricFamily]) {
        self.families = families
    }

    /// The page with the current values.
    package func text(_ format: MetricsFormat = .prometheus) -> String {
        var text = ""
        for family in families {
            let (name, kind) = Self.header(family, format)
            text += "# HELP \(name) \(Self.escape(family.help, quotes: format == .openMetrics))\n"
            text += "# TYPE \(name) \(kind)\n"
            for sample in family.samples() {
                text += family.name
                text += sample.suffix
                Self.append(sample.labels, to: &text)
                text += " "
                text += Self.number(sample.value)
                if format == .openMetrics, let exemplar = sample.exemplar { Self.append(exemplar, to: &text) }
                text += "\n"
            }
        }
        if format == .openMetrics { text += "# EOF\n" }
        return text
    }

    /// In OpenMetrics, the suffixes `_total` and `_info` belong to the samples, not to the family.
    private static func header(_ family: MetricFamily, _ format: MetricsFormat) -> (name: String, kind: String) {
        switch (family.kind, format) {
        case (.info, .prometheus): (family.name, MetricFamily.Kind.gauge.rawValue)
        case (.info, .openMetrics): (without("_info", family.name), family.kind.rawValue)
        case (.counter, .openMetrics): (without("_total", family.name), family.kind.rawValue)
        default: (family.name, family.kind.rawValue)
        }
    }

    private static func without(_ suffix: String, _ name: String) -> String {
        name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : name
    }

    private static func append(_ labels: [(name: String, value: String)], to text: inout String) {
        guard !labels.isEmpty else { return }
        var separator = "{"
        for (name, value) in labels {
            text += separator
            text += name
            text += "=\""
            text += escape(value, quotes: true)
            text += "\""
            separator = ","
        }
        text += "}"
    }

    private static func append(_ exemplar: Exemplar, to text: inout String) {
        text += " # "
        append([(exemplar.name, exemplar.value)], to: &text)
        text += " \(number(exemplar.observed)) \((exemplar.time * 1_000).rounded() / 1_000)"
    }

    private static func escape(_ text: String, quotes: Bool) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            byte != UInt8(ascii: "\\") && byte != UInt8(ascii: "\n") && !(quotes && byte == UInt8(ascii: "\""))
        }
        if isPlain { return text }
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
