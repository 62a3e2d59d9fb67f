// SPDX-License-Identifier: Apache-2.0

import Logging
import Observability
import TestSupport
import Testing
import Vending

@testable import PurserCommand

@Suite struct AuditWarningTests {
    private let time = ManualTime()

    @Test("warns at most once a minute, with the number of lines that were lost, and reports the recovery")
    func rate() {
        let (time, log) = (time, RecordedLog())
        let warnings = AuditWarnings(
            logger: Logger(label: "test") { _ in log },
            time: MonotonicTime(now: { time.elapsed }, sleep: { _ in }))
        warnings.report(.lost(1, .failed(28)))
        for _ in 0..<9 { warnings.report(.lost(2, .failed(28))) }
        time.advance(60)
        warnings.report(.lost(1, .full))
        warnings.report(.stalled)
        warnings.report(.stalled)
        warnings.report(.recovered)
        warnings.report(.lost(1, .failed(5)))
        #expect(
            log.lines == [
                "warning audit lines lost count=1 detail=No space left on device",
                "warning audit lines lost count=20 detail=the buffer is full",
                "warning audit writes stalled detail=not written in time", "info audit writes again lost=20",
                "warning audit lines lost count=1 detail=Input/output error",
            ])
    }
}
