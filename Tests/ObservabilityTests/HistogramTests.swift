// SPDX-License-Identifier: Apache-2.0

import Observability
import Testing

private enum Hand: String, CounterLabels {
    case left, right

    var labels: [(name: String, value: String)] { [("hand", rawValue)] }
}

@Suite struct HistogramTests {
    private func text(_ histogram: Histogram, _ format: MetricsFormat = .prometheus) -> String {
        MetricsPage([MetricFamily("wait_seconds", .histogram, help: "Waits.") { histogram.samples([]) }]).text(format)
    }

    @Test("counts each observation in the buckets whose bound it does not exceed")
    func buckets() {
        let histogram = Histogram(bounds: [0.001, 1])
        for duration in [Duration.microseconds(1), .milliseconds(1), .milliseconds(2), .seconds(1), .seconds(3)] {
            histogram.observe(duration)
        }
        #expect(histogram.count == 5)
        #expect(
            text(histogram) == """
                # HELP wait_seconds Waits.
                # TYPE wait_seconds histogram
                wait_seconds_bucket{le="0.001"} 2
                wait_seconds_bucket{le="1.0"} 4
                wait_seconds_bucket{le="+Inf"} 5
                wait_seconds_sum 4.003001
                wait_seconds_count 5

                """)
    }

    @Test("counts a value below 0, which a clock that is set back causes, as 0")
    func negative() {
        let histogram = Histogram(bounds: [1], resolution: .thousandth)
        histogram.observe(units: -5_000)
        histogram.observe(units: 500)
        #expect(text(histogram).contains("_sum 0.5\n"))
        #expect(text(histogram).contains("le=\"1.0\"} 2\n"))
    }

    @Test("loses no observation of concurrent tasks")
    func concurrent() async {
        let histogram = Histogram(bounds: [0.5])
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<1_000 { histogram.observe(units: 1, exemplar: ("id", "x")) } }
            }
        }
        #expect(histogram.count == 8_000)
        #expect(text(histogram).contains("_sum 8e-06\n"))
    }

    @Test("OpenMetrics shows an exemplar of a bucket, the Prometheus format none")
    func exemplars() throws {
        let histogram = Histogram(bounds: [0.5])
        histogram.observe(.milliseconds(250), exemplar: ("request_id", "first"))
        let line = try #require(text(histogram, .openMetrics).split(separator: "\n").first { $0.contains("0.5") })
        #expect(line.hasPrefix(##"wait_seconds_bucket{le="0.5"} 1 # {request_id="first"} 0.25 "##))
        #expect(!text(histogram).contains("first"))
    }

    @Test("evaluates the exemplar of few observations of a busy bucket, and keeps a recent one")
    func rareExemplars() {
        let histogram = Histogram(bounds: [])
        var evaluated: [Int] = []
        func exemplar(_ number: Int) -> (name: String, value: String) {
            evaluated.append(number)
            return ("n", "\(number)")
        }
        for number in 1...5_000 { histogram.observe(units: 1, exemplar: exemplar(number)) }
        #expect(evaluated == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 3_072, 4_096])
        #expect(text(histogram, .openMetrics).contains(#"{n="4096"}"#))
    }

    @Test("has every label value from the start, at 0")
    func labels() {
        let histograms = Histograms<Hand>(bounds: [1])
        histograms[.right]?.observe(.seconds(2))
        let page = MetricsPage([histograms.family("wait_seconds", help: "Waits.")]).text()
        #expect(page.contains(#"wait_seconds_bucket{hand="left",le="+Inf"} 0"#))
        #expect(page.contains(#"wait_seconds_bucket{hand="right",le="1.0"} 0"#))
        #expect(page.contains(#"wait_seconds_count{hand="right"} 1"#))
    }
}
