// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Service

@Suite struct AccessLinesTests {
    private func successes(_ lines: AccessLines, of count: Int = 10_000) -> Int {
        (0..<count).count { _ in lines.admitsSuccess() }
    }

    @Test("`errors` and `off` log no success, `off` no error")
    func modes() {
        #expect(successes(AccessLines(.all)) == 10_000)
        #expect(successes(AccessLines(.errors)) == 0)
        #expect(successes(AccessLines(.off)) == 0)
        for mode in AccessLines.Mode.allCases {
            #expect(AccessLines(mode).admitsError(isWarning: true) == (mode != .off))
            #expect(AccessLines(mode).admitsError(isWarning: false) == (mode != .off))
        }
    }

    @Test("`sampled` logs about the ratio of the successes, and every error", arguments: [0.1, 0.5, 0.9])
    func sampled(ratio: Double) {
        let lines = AccessLines(.sampled, ratio: ratio)
        let found = Double(successes(lines)) / 10_000
        // Six standard deviations.
        #expect(abs(found - ratio) < 0.03)
        #expect((0..<1_000).allSatisfy { _ in lines.admitsError(isWarning: false) })
        #expect(lines.ratio == ratio)
    }

    @Test("a ratio of 1 logs each success, and only `sampled` has a ratio")
    func all() {
        #expect(successes(AccessLines(.sampled, ratio: 1)) == 10_000)
        #expect(AccessLines(.all).ratio == nil)
    }

    @Test("the level of the log applies to responses too")
    func level() {
        let warnings = AccessLines(.all, logsInfo: false)
        #expect(successes(warnings) == 0)
        #expect(warnings.admitsError(isWarning: true) && !warnings.admitsError(isWarning: false))
        #expect(!AccessLines(.all, logsInfo: false, logsWarnings: false).admitsError(isWarning: true))
    }
}
