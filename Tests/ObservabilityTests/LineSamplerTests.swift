// SPDX-License-Identifier: Apache-2.0

import Observability
import TestSupport
import Testing

@Suite struct LineSamplerTests {
    private let time = ManualTime()
    private let sampler: LineSampler

    init() {
        let time = time
        sampler = LineSampler(rate: 100, burst: 500) { time.elapsed }
    }

    private func admitted(_ count: Int, _ reason: String = "denied") -> Int {
        (0..<count).count { _ in sampler.admits(reason) }
    }

    @Test("admits a burst, then the rate, and never more than a burst after a pause")
    func rate() {
        #expect(admitted(1_000) == 500)
        time.advance(0.5)
        #expect(admitted(1_000) == 50)
        time.advance(3_600)
        #expect(admitted(1_000) == 500)
    }

    @Test("counts what it does not admit, by reason, once")
    func counts() {
        _ = admitted(500)
        _ = admitted(3, "b")
        _ = admitted(2, "a")
        #expect(sampler.takeOmitted().map { "\($0.name) \($0.count)" } == ["a 2", "b 3"])
        #expect(sampler.takeOmitted().isEmpty)
    }
}
