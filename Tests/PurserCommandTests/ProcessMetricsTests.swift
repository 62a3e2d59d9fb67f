// SPDX-License-Identifier: Apache-2.0

import Foundation
import Observability
import Testing

@testable import PurserCommand

@Suite struct ProcessMetricsTests {
    private func values(_ metrics: ProcessMetrics) -> [String: Double] {
        Dictionary(
            uniqueKeysWithValues: metrics.families.flatMap { family in
                family.samples().map { (family.name, $0.value) }
            })
    }

    @Test("reads this process from the system")
    func thisProcess() throws {
        let values = values(ProcessMetrics())
        #expect(values.count == 7)
        #expect(try #require(values["process_resident_memory_bytes"]) > 1_048_576)
        #expect(try #require(values["process_threads"]) >= 1)
        let (open, limit) = (try #require(values["process_open_fds"]), try #require(values["process_max_fds"]))
        #expect(open >= 3 && open <= limit)
        let started = try #require(values["process_start_time_seconds"])
        #expect(started < Date().timeIntervalSince1970 + 1 && started > Date().timeIntervalSince1970 - 86_400)
    }

    @Test("without a process file system there are no samples of it, and no crash")
    func noProc() {
        let values = values(ProcessMetrics(directory: "/nonexistent"))
        #expect(Set(values.keys) == ["process_open_fds", "process_max_fds"])
    }
}
