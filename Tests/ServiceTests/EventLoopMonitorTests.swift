// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import Observability
import TestSupport
import Testing
import Vending

@testable import Service

@Suite struct EventLoopMonitorTests {
    private let time = ManualTime()
    private let loops = [EmbeddedEventLoop(), EmbeddedEventLoop()]

    private func advance(_ seconds: Double, running: Int = 2) {
        time.advance(seconds)
        for loop in loops.prefix(running) { loop.advanceTime(by: .nanoseconds(Int64(seconds * 1e9))) }
    }

    @Test("event loops that run their tasks make progress without a lag; one that does not makes none after 10 s")
    func progress() {
        let (time, lag) = (time, Histogram(bounds: [0.001, 1]))
        let monitor = EventLoopMonitor(loops, lag: lag, time: MonotonicTime(now: { time.elapsed }, sleep: { _ in }))
        let tasks = monitor.start()
        for _ in 0..<60 { advance(0.25) }
        #expect(monitor.makesProgress && monitor.lag < 0.001)
        advance(9, running: 1)
        #expect(monitor.makesProgress && monitor.lag >= 8)
        advance(2, running: 1)
        #expect(!monitor.makesProgress)
        loops[1].advanceTime(by: .seconds(11))
        #expect(monitor.makesProgress)
        for task in tasks { task.cancel() }
    }
}
