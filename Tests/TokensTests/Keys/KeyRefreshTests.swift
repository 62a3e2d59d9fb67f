// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Tokens

/// How many fetches unverified tokens may cause.
@Suite struct KeyRefreshTests {
    private func refresh(burst: Int = 5) -> KeyRefresh {
        KeyRefresh(.init(coolDown: .seconds(5), burst: burst, maximumStaleness: .seconds(3600)))
    }

    @Test("tokens may cause a burst of fetches, and then one for each cool-down")
    func burst() {
        var refresh = refresh()
        var fetches = 0
        for second in 0..<100 {
            for _ in 0..<10 where refresh.allows(at: .seconds(second)) {
                refresh.begin(at: .seconds(second), forUnknownKey: true)
                fetches += 1
            }
        }
        #expect(fetches == 5 + 99 / 5)
    }

    @Test("a burst of one keeps the cool-down between two fetches")
    func single() {
        var refresh = refresh(burst: 1)
        refresh.begin(at: .zero, forUnknownKey: true)
        refresh.succeed(at: .zero, wait: .seconds(600))
        #expect(moments(&refresh, in: 0..<11) == [5, 6, 7, 8, 9, 10])
        #expect(refresh.next == .seconds(5))
    }

    @Test("scheduled fetches leave the burst alone, but the fetch that a token had to wait for counts")
    func scheduled() {
        var refresh = refresh(burst: 1)
        refresh.begin(at: .zero, forUnknownKey: false)
        refresh.succeed(at: .zero, wait: .seconds(600))
        #expect(moments(&refresh, in: 0..<2) == [0, 1])
        refresh.begin(at: .seconds(1), forUnknownKey: true)
        refresh.succeed(at: .seconds(1), wait: .seconds(600))
        #expect(moments(&refresh, in: 2..<3) == [])
        #expect(refresh.next == .seconds(6))
        refresh.begin(at: .seconds(6), forUnknownKey: false)
        #expect(moments(&refresh, in: 6..<13) == [11, 12])
    }

    /// The seconds at which a token may cause a fetch.
    private func moments(_ refresh: inout KeyRefresh, in seconds: Range<Int>) -> [Int] {
        var moments: [Int] = []
        for second in seconds where refresh.allows(at: .seconds(second)) { moments.append(second) }
        return moments
    }
}
