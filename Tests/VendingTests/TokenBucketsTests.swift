// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Vending

@Suite struct TokenBucketsTests {
    private let clock = ManualClock()

    private func buckets(_ rate: Int, capacity: Int = 65_536) -> TokenBuckets {
        let clock = clock
        return TokenBuckets(
            rate: rate, capacity: capacity, clock: MonotonicTime(now: { clock.now }, sleep: { _ in }))
    }

    private func taken(_ buckets: TokenBuckets, _ key: String, of count: Int) -> Int {
        (0..<count).count { _ in buckets.take(key) == nil }
    }

    @Test("a bucket holds the tokens of five seconds and refills at its rate", arguments: [1, 7, 500, 1_000_000])
    func refill(rate: Int) {
        let buckets = buckets(rate)
        #expect(taken(buckets, "a", of: 5 * rate + 3) == 5 * rate)
        clock.advance(.seconds(2))
        #expect(taken(buckets, "a", of: 3 * rate) == 2 * rate)
        clock.advance(.seconds(100))
        #expect(taken(buckets, "a", of: 6 * rate) == 5 * rate)
    }

    @Test("counts the buckets without a token, until their next one")
    func exhausted() {
        let buckets = buckets(2)
        #expect(buckets.exhausted == 0)
        #expect(taken(buckets, "a", of: 20) == 10 && taken(buckets, "b", of: 9) == 9)
        #expect(buckets.exhausted == 1)
        #expect(taken(buckets, "b", of: 1) == 1)
        #expect(buckets.exhausted == 2)
        clock.advance(.milliseconds(499))
        #expect(buckets.exhausted == 2)
        clock.advance(.milliseconds(1))
        #expect(buckets.exhausted == 0)
    }

    @Test("keys have buckets of their own")
    func separate() {
        let buckets = buckets(2)
        #expect(taken(buckets, "a", of: 20) == 10)
        #expect(taken(buckets, "b", of: 20) == 10)
    }

    @Test("an empty bucket states the time until its next token, and a refused request does not prolong it")
    func wait() {
        let buckets = buckets(2)
        #expect(buckets.wait(for: "a") == nil)
        #expect(taken(buckets, "a", of: 50) == 10)
        for _ in 0..<20 { #expect(buckets.take("a") == .milliseconds(500)) }
        clock.advance(.milliseconds(200))
        #expect(buckets.wait(for: "a") == .milliseconds(300))
        clock.advance(.milliseconds(300))
        #expect(buckets.wait(for: "a") == nil && buckets.take("a") == nil)
    }

    @Test("charging empties a bucket without ever owing more than all its tokens")
    func charge() {
        let buckets = buckets(2)
        for _ in 0..<100 { buckets.charge("a") }
        #expect(buckets.wait(for: "a") == .milliseconds(500))
        clock.advance(.seconds(5))
        #expect(taken(buckets, "a", of: 20) == 10)
    }

    @Test("a flood of keys never locks a key out that has tokens left, and the table stays as it is")
    func flood() {
        let buckets = buckets(10, capacity: 128)
        for number in 0..<20_000 { _ = buckets.take("key \(number)") }
        #expect(buckets.take("newcomer") == nil)
        #expect(taken(buckets, "other", of: 60) >= 50)
    }

    @Test("an emptied bucket outlives a flood of keys that take one token each, within the table's capacity")
    func emptied() {
        let buckets = buckets(10)
        #expect(taken(buckets, "greedy", of: 60) == 50)
        for number in 0..<5_000 { _ = buckets.take("key \(number)") }
        #expect(buckets.take("greedy") != nil)
    }
}
