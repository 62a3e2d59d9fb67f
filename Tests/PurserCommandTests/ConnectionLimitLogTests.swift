// SPDX-License-Identifier: Apache-2.0

import Logging
import Observability
import Service
import Synchronization
import TestSupport
import Testing
import Vending

@testable import PurserCommand

@Suite struct ConnectionLimitLogTests {
    private final class Lines: Sendable {
        let lines = Mutex<[String]>([])
    }

    private struct Handler: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { nil }
            set { _ = newValue }
        }

        func log(event: LogEvent) {
            let fields = event.metadata ?? [:]
            lines.lines.withLock {
                $0.append("\(event.level) \(fields["setting"] ?? "") \(fields["closed"] ?? "")")
            }
        }
    }

    @Test("warns at once, then at most once a minute for each limit, with the connections closed since")
    func warnings() {
        let (lines, clock, counters) = (Lines(), ManualClock(), Counters<OpenConnections.Limit>())
        let log = ConnectionLimitLog(
            counters, logger: Logger(label: "test") { _ in Handler(lines: lines) },
            clock: MonotonicTime(now: { clock.now }, sleep: { _ in }))
        for _ in 0..<3 { log.closing(.listener) }
        log.closing(.client)
        clock.advance(.seconds(59))
        log.closing(.listener)
        clock.advance(.seconds(1))
        log.closing(.listener)
        #expect(
            lines.lines.withLock { $0 } == [
                "warning limits.connections 1", "warning limits.client-connections 1", "warning limits.connections 4",
            ])
        #expect(counters[.listener] == 5 && counters[.client] == 1)
    }
}
