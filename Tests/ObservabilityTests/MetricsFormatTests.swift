// SPDX-License-Identifier: Apache-2.0

import Observability
import Testing

@Suite struct MetricsFormatTests {
    @Test(
        "serves OpenMetrics only to those who prefer it",
        arguments: [
            (nil, MetricsFormat.prometheus), ("", .prometheus), ("*/*", .prometheus), ("text/plain", .prometheus),
            ("application/openmetrics-text", .openMetrics),
            ("Application/OpenMetrics-Text; Version=\"1.0.0\"", .openMetrics),
            ("application/openmetrics-text; version=0.0.1", .prometheus),
            ("application/openmetrics-text; q=0", .prometheus),
            ("application/openmetrics-text; q=0.4, text/plain; q=0.5", .prometheus),
            ("application/openmetrics-text; q=x", .prometheus), (";;,,;q=", .prometheus),
            // Prometheus 2.42 and 3.
            (
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                    + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", .openMetrics
            ),
            (
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
                    + "text/plain;version=0.0.4;q=0.3,*/*;q=0.2", .openMetrics
            ),
        ] as [(String?, MetricsFormat)])
    func negotiation(accept: String?, format: MetricsFormat) {
        #expect(MetricsFormat(accept: accept) == format)
    }

    @Test("the names of counters and of infos have no suffix in OpenMetrics, their samples have one")
    func suffixes() {
        let page = MetricsPage([
            MetricFamily("balls_total", .counter, help: "\"Balls\".") { [.init([], 2)] },
            MetricFamily("box_info", .info, help: "The box.") { [.init([("colour", "red")], 1)] },
        ])
        #expect(
            page.text(.openMetrics) == """
                # HELP balls \\"Balls\\".
                # TYPE balls counter
                balls_total 2
                # HELP box The box.
                # TYPE box info
                box_info{colour="red"} 1
                # EOF

                """)
        #expect(page.text().contains("# TYPE box_info gauge\n"))
    }
}
