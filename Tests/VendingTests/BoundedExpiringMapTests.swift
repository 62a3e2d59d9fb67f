// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Vending

@Suite struct BoundedExpiringMapTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    @Test("returns a value before its expiration and not from then on")
    func expires() {
        var map = BoundedExpiringMap<String, Int>(capacity: 10)
        map.insert(1, for: "a", expiring: start + 10, now: start)
        #expect(map.value(for: "a", at: start + 9.999) == 1)
        #expect(map.value(for: "a", at: start + 10) == nil)
    }

    @Test("evicts the entry that expires soonest if the map is full")
    func evicts() {
        var map = BoundedExpiringMap<Int, Int>(capacity: 3)
        for (key, life) in [(1, 30.0), (2, 10), (3, 20), (4, 40)] {
            map.insert(key, for: key, expiring: start + life, now: start)
        }
        #expect(map.count == 3)
        #expect([1, 2, 3, 4].map { map.value(for: $0, at: start) } == [1, nil, 3, 4])
    }

    @Test("replaces a value and its expiration without evicting another entry")
    func replaces() {
        var map = BoundedExpiringMap<Int, Int>(capacity: 2)
        map.insert(1, for: 1, expiring: start + 5, now: start)
        map.insert(2, for: 2, expiring: start + 50, now: start)
        map.insert(3, for: 1, expiring: start + 100, now: start)
        map.removeExpired(at: start + 10)
        #expect(map.value(for: 1, at: start + 10) == 3)
        #expect(map.count == 2)
    }

    @Test("removes all expired entries")
    func sweeps() {
        var map = BoundedExpiringMap<Int, Int>(capacity: 100)
        for key in 0..<100 { map.insert(key, for: key, expiring: start + Double(key), now: start - 1) }
        map.removeExpired(at: start + 49)
        #expect(map.count == 50)
    }

    @Test("does not store a value that has already expired, and removes the key's old value")
    func alreadyExpired() {
        var map = BoundedExpiringMap<Int, Int>(capacity: 2)
        map.insert(1, for: 1, expiring: start + 5, now: start)
        map.insert(2, for: 1, expiring: start, now: start)
        #expect(map.value(for: 1, at: start) == nil)
        #expect(map.count == 0)
    }

    @Test("stays within its capacity through a hundred thousand insertions and removals")
    func bounded() {
        var map = BoundedExpiringMap<Int, Int>(capacity: 64)
        for key in 0..<100_000 {
            map.insert(key, for: key % 1_000, expiring: start + Double(key % 77), now: start - 1)
            if key % 3 == 0 { map.remove(key % 500) }
        }
        #expect(map.count <= 64)
        #expect(map.deadlineCount <= 2 * 64 + 65)
    }
}
