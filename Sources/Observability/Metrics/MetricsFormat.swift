// SPDX-License-Identifier: Apache-2.0

/// The formats of the page of metrics.
package enum MetricsFormat: Sendable {
    /// The Prometheus text format, version 0.0.4.
    case prometheus
    /// OpenMetrics 1.0.0, which has exemplars.
    case openMetrics

    package var contentType: String {
        switch self {
        case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// The format that the value of `Accept` prefers (RFC 9110 §12.5.1); the Prometheus text format where both are the
    /// same to it, where it has neither, and without the field.
    package init(accept: String?) {
        var openMetrics = 0.0
        var others = 0.0
        for range in (accept ?? "").split(separator: ",") {
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            guard let type = parts.first else { continue }
            var quality = 1.0
            var version: String?
            for part in parts.dropFirst() {
                if part.hasPrefix("q=") { quality = Double(part.dropFirst(2)) ?? 0 }
                if part.hasPrefix("version=") { version = part.dropFirst(8).filter { $0 != "\"" } }
            }
            switch (type, version) {
            case ("application/openmetrics-text", nil), ("application/openmetrics-text", "1.0.0"):
                openMetrics = max(openMetrics, quality)
            case ("application/openmetrics-text", _): break
            default: others = max(others, quality)
            }
        }
        self = openMetrics > 0 && openMetrics >= others ? .openMetrics : .prometheus
    }
}
