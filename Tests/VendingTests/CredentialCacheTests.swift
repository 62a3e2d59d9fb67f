// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Vending

@Suite struct CredentialCacheTests {
    private let time = ManualTime()
    private let key = CacheKey(grant: .test(), holder: .user(Issuer("i"), Subject("alice")))

    private func cache(_ change: (inout CacheLimits) -> Void = { _ in }) -> CredentialCache {
        var limits = CacheLimits()
        change(&limits)
        return CredentialCache(limits: limits, now: { [time] in time.now }, time: time.monotonic)
    }

    private func work(_ text: String, life: Double = 3600, counter: Counter = Counter()) -> CredentialCache.Work {
        let time = time
        return { () async throws(ExchangeError) -> VendedCredentials in
            counter.add()
            return VendedCredentials(text: text, expiration: time.now.addingTimeInterval(life))
        }
    }

    private func failing(_ kind: ExchangeError.Kind) -> CredentialCache.Work {
        { () async throws(ExchangeError) -> VendedCredentials in throw ExchangeError(kind, "test") }
    }

    @discardableResult
    private func resolve(_ found: CredentialCache.Found) async throws -> String {
        switch found {
        case .hit(let vended): text(of: vended)
        case .pending(let flight): text(of: try await flight.value.get())
        case .overloaded: "overloaded"
        }
    }

    @Test("an exchange runs on the executor of the thread that starts it, cached or not")
    func executor() async throws {
        let (executor, time, key) = (CountingExecutor(), time, key)
        let cache = CredentialCache(
            limits: CacheLimits(), now: { time.now }, time: time.monotonic, executor: { executor })
        let work: CredentialCache.Work = { () async throws(ExchangeError) -> VendedCredentials in
            VendedCredentials(
                text: executor.isCurrent ? "here" : "elsewhere", expiration: time.now.addingTimeInterval(3600))
        }
        #expect(try await resolve(cache.find(key, at: time.now) { work }) == "here")
        let request = ExchangeRequest(grant: .test(), holder: .guests)
        #expect(text(of: try await #require(cache.runUncached(work, for: request)).value.get()) == "here")
        #expect(!executor.isCurrent && executor.count >= 2)
    }

    @Test("counts misses, joined requests and refreshes by app")
    func usage() async throws {
        let (cache, gate, time, key) = (cache(), Gate(), time, key)
        let work: CredentialCache.Work = { () async throws(ExchangeError) -> VendedCredentials in
            await gate.pass()
            return VendedCredentials(text: "one", expiration: time.now.addingTimeInterval(3_600))
        }
        let flights = (0..<3).map { _ in cache.find(key, at: time.now) { work } }
        gate.open()
        for flight in flights { try await resolve(flight) }
        let usage = cache.usages.usage(of: key.app)
        #expect((usage[.miss], usage[.joined]) == (1, 2))
        #expect(cache.occupancy[key.app]?.entries == 1)
        // Due for a refresh: one that fails, and 15 s later one that succeeds.
        time.advance(3_000)
        for (work, event) in [(failing(.unavailable), CacheUsage.Event.refreshFailed), (self.work("two"), .refreshed)] {
            try await resolve(cache.find(key, at: time.now) { work })
            while usage[event] == 0 { await Task.yield() }
            time.advance(16)
        }
        #expect((usage[.miss], usage[.refreshed], usage[.refreshFailed]) == (1, 1, 1))
    }

    @Test("makes one exchange for ten thousand simultaneous requests of one user")
    func singleFlight() async throws {
        let (cache, gate, counter, time, key) = (cache(), Gate(), Counter(), time, key)
        let answers = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<10_000 {
                group.addTask {
                    let found = cache.find(key, at: time.now) {
                        { () async throws(ExchangeError) -> VendedCredentials in
                            counter.add()
                            await gate.pass()
                            return VendedCredentials(
                                text: "one", expiration: time.now.addingTimeInterval(3600))
                        }
                    }
                    counter.arrive()
                    if counter.arrived == 10_000 { gate.open() }
                    return try await self.resolve(found)
                }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(answers == ["one"])
        #expect(counter.count == 1)
    }

    @Test(
        "returns the error of a failed exchange to its callers and does not cache it",
        arguments: [
            ExchangeError.Kind.refused, .tokenExpired, .throttled, .unavailable, .timedOut,
        ])
    func failureNotStored(kind: ExchangeError.Kind) async throws {
        let cache = cache()
        await #expect(throws: ExchangeError.self) {
            try await resolve(cache.find(key, at: time.now, by: { failing(kind) }))
        }
        #expect(try await resolve(cache.find(key, at: time.now, by: { work("good") })) == "good")
    }

    @Test("continues an exchange for other callers after the caller that started it is cancelled")
    func cancellation() async throws {
        let (cache, gate, time, key) = (cache(), Gate(), time, key)
        let slow: CredentialCache.Work = { () async throws(ExchangeError) -> VendedCredentials in
            await gate.pass()
            return VendedCredentials(
                text: Task.isCancelled ? "cancelled" : "fine",
                expiration: time.now.addingTimeInterval(3600))
        }
        let first = Task { try await resolve(cache.find(key, at: time.now, by: { slow })) }
        await gate.arrivals(1)
        let second = Task { try await resolve(cache.find(key, at: time.now, by: { slow })) }
        first.cancel()
        gate.open()
        #expect(try await second.value == "fine")
        #expect(try await first.value == "fine")
    }

    @Test("returns cached credentials until their remaining lifetime falls to the minimum")
    func minimumLife() async throws {
        let cache = cache { $0.minimumLife = 300 }
        try await resolve(cache.find(key, at: time.now, by: { work("old", life: 3600) }))
        let start = time.now
        #expect(cache.recall(key, at: start + 3299, refresh: { failing(.unavailable) }) != nil)
        #expect(cache.recall(key, at: start + 3300, refresh: { failing(.unavailable) }) == nil)
    }

    @Test("refuses new credentials that are not valid for longer than the minimum lifetime")
    func tooShort() async throws {
        let cache = cache { $0.minimumLife = 300 }
        let failure = await #expect(throws: ExchangeError.self) {
            try await resolve(cache.find(key, at: time.now, by: { work("short", life: 300) }))
        }
        #expect(failure?.kind == .refused)
    }

    @Test("starts one background refresh in the last quarter of the lifetime and meanwhile serves the old credentials")
    func refreshAhead() async throws {
        let (cache, gate, counter, time) = (cache(), Gate(), Counter(), time)
        try await resolve(cache.find(key, at: time.now, by: { work("old") }))
        time.advance(2699)
        #expect(cache.recall(key, at: time.now, refresh: { work("new", counter: counter) }) != nil)
        #expect(counter.count == 0)
        time.advance(1)
        let refresh: () -> CredentialCache.Work = {
            { () async throws(ExchangeError) -> VendedCredentials in
                counter.add()
                await gate.pass()
                return VendedCredentials(text: "new", expiration: time.now.addingTimeInterval(3600))
            }
        }
        for _ in 0..<100 {
            let vended = cache.recall(key, at: time.now, refresh: refresh)
            #expect(vended.map { text(of: $0) } == "old")
        }
        await gate.arrivals(1)
        guard case .hit = cache.find(key, at: time.now, by: refresh) else { Issue.record("no hit"); return }
        gate.open()
        // After the usable lifetime of the old credentials, only the new ones or their flight can be found.
        #expect(try await resolve(cache.find(key, at: time.now + 700, by: refresh)) == "new")
        #expect(counter.count == 1)
    }

    @Test("keeps the old credentials after a failed refresh and retries after a pause")
    func refreshFails() async throws {
        let failed = Gate()
        let (time, counter) = (time, Counter())
        let cache = CredentialCache(limits: CacheLimits(), now: { time.now }, time: time.monotonic) { _, _ in
            Task { await failed.pass() }
        }
        try await resolve(cache.find(key, at: time.now, by: { work("old") }))
        time.advance(2800)
        #expect(cache.recall(key, at: time.now, refresh: { failing(.throttled) }) != nil)
        await failed.arrivals(1)
        #expect(cache.recall(key, at: time.now + 14, refresh: { work("new", counter: counter) }) != nil)
        #expect(counter.count == 0)
        time.advance(15)
        #expect(cache.recall(key, at: time.now, refresh: { work("new", counter: counter) }) != nil)
        #expect(try await resolve(cache.find(key, at: time.now + 600, by: { work("new", counter: counter) })) == "new")
        #expect(counter.count == 1)
    }

    @Test("removes the old credentials if AWS refuses their refresh")
    func refusedEvicts() async throws {
        let failed = Gate()
        let time = time
        let cache = CredentialCache(limits: CacheLimits(), now: { time.now }, time: time.monotonic) { _, _ in
            Task { await failed.pass() }
        }
        try await resolve(cache.find(key, at: time.now, by: { work("old") }))
        time.advance(2800)
        _ = cache.recall(key, at: time.now, refresh: { failing(.refused) })
        await failed.arrivals(1)
        #expect(cache.recall(key, at: time.now, refresh: { failing(.refused) }) == nil)
    }

    @Test("does not extend the lifetime of credentials if the wall clock is set back")
    func setBack() async throws {
        let cache = cache { $0.minimumLife = 300 }
        try await resolve(cache.find(key, at: time.now, by: { work("old", life: 3600) }))
        time.set(back: 3600)
        #expect(cache.recall(key, at: time.now, refresh: { failing(.unavailable) }) != nil)
        time.advance(2699)
        #expect(cache.recall(key, at: time.now, refresh: { failing(.unavailable) }) != nil)
        time.advance(601)
        #expect(cache.recall(key, at: time.now, refresh: { failing(.unavailable) }) == nil)
        #expect(try await resolve(cache.find(key, at: time.now, by: { work("new") })) == "new")
    }

    @Test("does not delay the refresh if the wall clock is set back during the exchange")
    func setBackMeanwhile() async throws {
        let (cache, time, counter) = (cache(), time, Counter())
        try await resolve(
            cache.find(
                key, at: time.now,
                by: {
                    { () async throws(ExchangeError) -> VendedCredentials in
                        time.set(back: 3600)
                        return VendedCredentials(
                            text: "old", expiration: time.now.addingTimeInterval(3600))
                    }
                }))
        time.advance(2700)
        #expect(cache.recall(key, at: time.now, refresh: { work("new", counter: counter) }) != nil)
        #expect(try await resolve(cache.find(key, at: time.now + 700, by: { work("newer") })) == "new")
        #expect(counter.count == 1)
    }

    @Test("expires credentials if the wall clock is set forward, as after a pause of the machine")
    func setForward() async throws {
        let cache = cache()
        try await resolve(cache.find(key, at: time.now, by: { work("old", life: 3600) }))
        time.set(back: -3600)
        #expect(cache.recall(key, at: time.now, refresh: { failing(.unavailable) }) == nil)
        #expect(try await resolve(cache.find(key, at: time.now, by: { work("new") })) == "new")
    }

    @Test("measures the lifetime of credentials by AWS's clock if it is known", arguments: [-3600.0, 3600])
    func otherClock(offset: Double) async throws {
        let (cache, time) = (cache { $0.minimumLife = 300 }, time)
        func work(life: Double) -> CredentialCache.Work {
            { () async throws(ExchangeError) -> VendedCredentials in
                let received = time.now.addingTimeInterval(offset)
                return VendedCredentials(
                    text: "theirs", expiration: received.addingTimeInterval(life), received: received)
            }
        }
        await #expect(throws: ExchangeError.self) {
            try await resolve(cache.find(key, at: time.now, by: { work(life: 300) }))
        }
        #expect(try await resolve(cache.find(key, at: time.now, by: { work(life: 3600) })) == "theirs")
        time.advance(3299)
        #expect(cache.recall(key, at: time.now, refresh: { work(life: 0) }) != nil)
        time.advance(1)
        #expect(cache.recall(key, at: time.now, refresh: { work(life: 0) }) == nil)
    }

    @Test("holds no more entries than the configured capacity")
    func bounded() async throws {
        for (capacity, shards) in [(1, 1), (64, 1), (2_047, 1), (2_050, 2), (100_000, 16)] {
            var limits = CacheLimits()
            limits.capacity = capacity
            #expect(limits.shards == shards)
        }
        for capacity in [64, 2_050] {
            let cache = cache { $0.capacity = capacity }
            for user in 0..<4_000 {
                let key = CacheKey(grant: .test(), holder: .user(Issuer("i"), Subject("user-\(user)")))
                try await resolve(cache.find(key, at: time.now, by: { work("x") }))
            }
            #expect(cache.count == capacity)
        }
    }

    @Test("removes expired entries in a sweep")
    func swept() async throws {
        let cache = cache()
        try await resolve(cache.find(key, at: time.now, by: { work("x") }))
        #expect(cache.count == 1)
        cache.sweep(at: time.now + 3300)
        #expect(cache.count == 0)
    }

    @Test("rejects exchanges over the limit, and only while that many are in flight")
    func overload() async throws {
        let (cache, gate, time) = (cache { $0.maximumFlights = 4 }, Gate(), time)
        let slow: CredentialCache.Work = { () async throws(ExchangeError) -> VendedCredentials in
            await gate.pass()
            return VendedCredentials(text: "", expiration: time.now.addingTimeInterval(3600))
        }
        let keys = (0..<3).map { CacheKey(grant: .test(), holder: .user(Issuer("i"), Subject("\($0)"))) }
        let flights = keys.map { cache.find($0, at: time.now, by: { slow }) }
        guard case .overloaded = flights[2] else { Issue.record("the third exchange was admitted"); return }
        gate.open()
        for flight in flights.prefix(2) { try await resolve(flight) }
        #expect(try await resolve(cache.find(keys[2], at: time.now, by: { work("in") })) == "in")
    }

    @Test(
        "starts background refreshes before the remaining lifetime falls to the minimum",
        arguments: [
            (3600.0, 300.0, 2700.0), (900, 300, 450), (43_200, 300, 32_400), (3600, 0, 2700), (1200, 300, 675),
        ])
    func refreshAge(lifetime: Double, minimum: Double, age: Double) {
        var limits = CacheLimits()
        limits.minimumLife = minimum
        #expect(limits.refreshAge(lifetime: lifetime) == age)
        #expect(age < lifetime - minimum)
    }
}

final class Counter: Sendable {
    private let value = Atomic<Int>(0)
    private let arrivals = Atomic<Int>(0)

    func add() { value.add(1, ordering: .sequentiallyConsistent) }
    func arrive() { arrivals.add(1, ordering: .sequentiallyConsistent) }
    var count: Int { value.load(ordering: .sequentiallyConsistent) }
    var arrived: Int { arrivals.load(ordering: .sequentiallyConsistent) }
}
