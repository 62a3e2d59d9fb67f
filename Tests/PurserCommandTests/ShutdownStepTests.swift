// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PurserCommand

@Suite struct ShutdownStepTests {
    @Test("the first signal begins the shutdown, and each later one ends the process")
    func steps() {
        var steps = ShutdownSteps()
        #expect(!steps.hasBegun)
        #expect(steps.receive() == .begin && steps.hasBegun)
        #expect(steps.receive() == .end && steps.receive() == .end)
    }

    @Test("services are cancelled before the process ends, and the process ends within 5 s of what it promises")
    func limits() {
        let limits = ShutdownLimits(drain: .seconds(20), exchangeTimeout: .seconds(10))
        #expect(limits.services < limits.process && limits.process < .seconds(35))
        #expect(limits.services > .seconds(30))
    }
}
