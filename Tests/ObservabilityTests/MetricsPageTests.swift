// SPDX-License-Identifier: Apache-2.0

import Observability
import Testing

private enum Colour: String, CounterLabels {
    case red, green

    var labels: [(name: String, value: String)] { [("colour", rawValue)] }
}

@Suite struct MetricsPageTests {
    @Test("a counter shows each of its label values from the start, and its count")
    func counters() {
        let counters = Counters<Colour>()
        let page = MetricsPage([counters.family("balls_total", help: "Balls.")])
        counters.increment(.green)
        counters.increment(.green)
        #expect(counters[.green] == 2)
        #expect(
            page.text() == """
                # HELP balls_total Balls.
                # TYPE balls_total counter
                balls_total{colour="red"} 0
                balls_total{colour="green"} 2

                """)
    }

    @Test("counts every increment of concurrent tasks")
    func concurrentCounting() async {
        let counters = Counters<Colour>()
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<1_000 { counters.increment(.red) } }
            }
        }
        #expect(counters[.red] == 8_000)
        #expect(counters[.green] == 0)
    }

    @Test("reads a gauge at each scrape, and writes no braces without labels")
    func gauge() {
        let balls = Counters<Colour>()
        let page = MetricsPage([
            MetricFamily("balls", .gauge, help: "Balls at hand.") { [.init([], Double(balls[.red]) + 0.5)] }
        ])
        #expect(page.text().hasSuffix("# TYPE balls gauge\nballs 0.5\n"))
        balls.increment(.red)
        #expect(page.text().hasSuffix("balls 1.5\n"))
    }

    @Test("escapes characters that would end a line or a label value")
    func escaping() {
        let page = MetricsPage([
            MetricFamily("odd", .gauge, help: "a\\b\n\"c\"") { [.init([("of", "x\"\\\ny")], 1)] }
        ])
        #expect(page.text() == "# HELP odd a\\\\b\\n\"c\"\n# TYPE odd gauge\nodd{of=\"x\\\"\\\\\\ny\"} 1\n")
    }
}
