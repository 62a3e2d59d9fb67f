// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Vending

@Suite struct AppExpiringMapTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    private func key(_ app: String, _ user: Int) -> CacheKey {
        CacheKey(grant: .test(app: app), holder: .user(Issuer("i"), Subject("\(user)")))
    }

    private func insert(
        _ app: String, _ users: Range<Int>, life: Double = 100, into map: inout AppExpiringMap<Int>, at now: Date? = nil
    ) {
        let now = now ?? start
        for user in users { map.insert(user, for: key(app, user), expiring: now + life + Double(user), now: now) }
    }

    /// The users of the app that have an entry.
    private func users(_ app: String, _ users: Range<Int>, in map: AppExpiringMap<Int>, at now: Date? = nil) -> [Int] {
        users.filter { map.value(for: key(app, $0), at: now ?? start) != nil }
    }

    @Test("one app alone can use the whole capacity, and evicts its entries that expire soonest")
    func alone() {
        var map = AppExpiringMap<Int>(capacity: 10)
        insert("shop", 0..<15, into: &map)
        #expect(users("shop", 0..<15, in: map) == Array(5..<15))
    }

    @Test("counts entries by app, and evictions by the app whose entry made room; expired entries are not evicted")
    func counts() {
        var map = AppExpiringMap<Int>(capacity: 10)
        insert("shop", 0..<5, life: 1, into: &map)
        insert("storm", 0..<20, into: &map)
        #expect(map.counts == [AppName("shop")!: 5, AppName("storm")!: 5])
        #expect(map.evictions == [AppName("storm")!: 15])
        insert("blog", 0..<3, into: &map, at: start + 50)
        #expect(map.counts == [AppName("storm")!: 5, AppName("blog")!: 3])
        #expect(map.evictions == [AppName("storm")!: 15])
    }

    @Test("an app within its part keeps its entries while another app floods the map")
    func flood() {
        var map = AppExpiringMap<Int>(capacity: 10)
        insert("shop", 0..<5, life: 1, into: &map)
        insert("storm", 0..<1_000, into: &map)
        #expect(users("shop", 0..<5, in: map) == Array(0..<5))
        #expect(users("storm", 0..<1_000, in: map) == Array(995..<1_000))
    }

    @Test("an app below its part takes the room of the app with the most entries")
    func below() {
        var map = AppExpiringMap<Int>(capacity: 12)
        insert("storm", 0..<8, into: &map)
        insert("blog", 0..<4, life: 1, into: &map)
        insert("shop", 0..<6, life: 1_000, into: &map)
        #expect(users("blog", 0..<4, in: map).count == 4)
        #expect(users("storm", 0..<8, in: map) == Array(4..<8))
        #expect(users("shop", 0..<6, in: map) == Array(2..<6))
    }

    @Test("evicts expired entries of any app first")
    func expired() {
        var map = AppExpiringMap<Int>(capacity: 10)
        insert("blog", 0..<2, life: 1, into: &map)
        insert("shop", 0..<8, into: &map)
        insert("shop", 8..<10, into: &map, at: start + 5)
        #expect(users("shop", 0..<10, in: map, at: start + 5) == Array(0..<10) && map.count == 10)
    }

    @Test("with more apps than entries, evicts the entry that expires soonest")
    func manyApps() {
        var map = AppExpiringMap<Int>(capacity: 3)
        for app in 0..<10 { insert("app-\(app)", app..<app + 1, into: &map) }
        #expect(map.count == 3)
        #expect((0..<10).filter { map.value(for: key("app-\($0)", $0), at: start) != nil } == [7, 8, 9])
    }

    @Test("an app that has no entries left no longer takes part of the capacity")
    func gone() {
        var map = AppExpiringMap<Int>(capacity: 10)
        insert("blog", 0..<5, into: &map)
        insert("shop", 0..<5, into: &map)
        map.removeAll { key, _ in key.app == AppName("blog") }
        insert("shop", 5..<12, into: &map)
        #expect(users("shop", 0..<12, in: map) == Array(2..<12))
    }

    @Test("replaces, updates and removes values without evicting another entry")
    func changes() {
        var map = AppExpiringMap<Int>(capacity: 2)
        insert("shop", 0..<2, into: &map)
        map.insert(7, for: key("shop", 0), expiring: start + 500, now: start)
        map.update(key("shop", 1)) { $0 += 10 }
        map.update(key("shop", 9)) { $0 += 10 }
        #expect(map.value(for: key("shop", 0), at: start + 499) == 7)
        #expect(map.value(for: key("shop", 1), at: start) == 11)
        map.remove(key("shop", 0))
        map.remove(key("shop", 0))
        map.insert(1, for: key("shop", 1), expiring: start, now: start)
        #expect(map.count == 0 && map.deadlineCount == 0)
    }

    @Test("a sweep removes the expired entries of all apps and no others")
    func sweep() {
        var map = AppExpiringMap<Int>(capacity: 100)
        for app in ["shop", "blog"] { insert(app, 0..<50, life: 0, into: &map, at: start - 1) }
        map.removeExpired(at: start + 9)
        #expect(map.count == 78)
        map.removeExpired(at: start + 1_000)
        #expect(map.count == 0 && map.deadlineCount == 0)
    }

    @Test("stays within its capacity, and its memory within bounds, through many changes of several apps")
    func bounded() {
        var map = AppExpiringMap<Int>(capacity: 64)
        for number in 0..<50_000 {
            let app = ["shop", "blog", "wiki"][number % 3]
            map.insert(number, for: key(app, number % 40), expiring: start + Double(100 + number % 7), now: start)
            if number.isMultiple(of: 5) { map.remove(key(app, number % 11)) }
            #expect(map.count <= 64 && map.deadlineCount == map.count)
        }
    }

    @Test("keys with the same hash have entries of their own", arguments: 0..<6)
    func collisions(removed: Int) {
        func key(_ user: Int) -> CacheKey {
            CacheKey(
                grant: .test(app: "shop"), holder: .user(Issuer("i"), Subject("\(user)")), claims: [],
                hash: user.isMultiple(of: 3) ? 1 : 2)
        }
        var map = AppExpiringMap<Int>(capacity: 10)
        for user in 0..<6 { map.insert(user, for: key(user), expiring: start + 100, now: start) }
        map.remove(key(removed))
        for user in 0..<6 { #expect(map.value(for: key(user), at: start) == (user == removed ? nil : user)) }
        map.insert(9, for: key(removed), expiring: start + 100, now: start)
        for user in 0..<6 { #expect(map.value(for: key(user), at: start) == (user == removed ? 9 : user)) }
        #expect(map.count == 6 && map.deadlineCount == 6)
    }

    @Test("behaves like a dictionary through many changes, and evicts in the order of the expirations")
    func model() {
        var map = AppExpiringMap<Int>(capacity: 1_000)
        var model: [CacheKey: (value: Int, expiration: Date)] = [:]
        var generator = SystemRandomNumberGenerator()
        var now = start
        for step in 0..<20_000 {
            let key = key(["shop", "blog"][Int.random(in: 0..<2, using: &generator)], Int.random(in: 0..<200))
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<6:
                let expiration = now + Double(Int.random(in: 1..<500, using: &generator))
                map.insert(step, for: key, expiring: expiration, now: now)
                model[key] = (step, expiration)
            case 6:
                map.remove(key)
                model[key] = nil
            case 7:
                map.update(key) { $0 = -step }
                if model[key] != nil { model[key]?.value = -step }
            case 8:
                now += 1
            default:
                map.removeExpired(at: now)
                model = model.filter { now < $0.value.expiration }
                #expect(map.count == model.count && map.deadlineCount == model.count)
            }
            let expected = model[key].flatMap { now < $0.expiration ? $0.value : nil }
            #expect(map.value(for: key, at: now) == expected)
        }
    }
}
