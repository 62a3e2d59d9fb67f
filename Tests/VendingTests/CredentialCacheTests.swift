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
            return VendedCredentials(answer: text, expiration: time.now.addingTimeInterval(life))
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

    @Test("ten thousand simultaneous requests of one user make one exchange")
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
                                answer: "one", expiration: time.now.addingTimeInterval(3600))
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
        "a failed exchange is told to those who wait and not remembered",
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

    @Test("a caller that leaves cancels nobody else's exchange")
    func cancellation() async throws {
        let (cache, gate, time, key) = (cache(), Gate(), time, key)
        let slow: CredentialCache.Work = { () async throws(ExchangeError) -> VendedCredentials in
            await gate.pass()
            return VendedCredentials(
                answer: Task.isCancelled ? "cancelled" : "fine",
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

    @Test("credentials are handed out down to the minimum life and not under it")
    func minimumLife() async throws {
        let cache = cache { $0.minimumLife = 300 }
        try await resolve(cache.find(key, at: time.now, by: { work("old", life: 3600) }))
        let start = time.now
        #expect(cache.recall(key, at: start + 3299, refresh: { failing(.unavailable) }) != nil)
        #expect(cache.recall(key, at: start + 3300, refresh: { failing(.unavailable) }) == nil)
    }

    @Test("credentials that come with less than the minimum life are not handed out at all")
    func tooShort() async throws {
        let cache = cache { $0.minimumLife = 300 }
        let failure = await #expect(throws: ExchangeError.self) {
            try await resolve(cache.find(key, at: time.now, by: { work("short", life: 300) }))
        }
        #expect(failure?.kind == .refused)
    }

    @Test("the last quarter refreshes in the background, once, while the old credentials are served")
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
                return VendedCredentials(answer: "new", expiration: time.now.addingTimeInterval(3600))
            }
        }
        for _ in 0..<100 {
            let vended = cache.recall(key, at: time.now, refresh: refresh)
            #expect(vended.map { text(of: $0) } == "old")
        }
        await gate.arrivals(1)
        guard case .hit = cache.find(key, at: time.now, by: refresh) else { Issue.record("no hit"); return }
        gate.open()
        // Past the old credentials' usable life only the new ones, or their flight, can answer.
        #expect(try await resolve(cache.find(key, at: time.now + 700, by: refresh)) == "new")
        #expect(counter.count == 1)
    }

    @Test("a refresh that fails leaves the old credentials and is tried again after a pause")
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

    @Test("a refresh that AWS refuses takes the old credentials away")
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

    @Test("a wall clock that is set back lengthens no life")
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

    @Test("a wall clock that is set back while credentials come does not put their refresh off")
    func setBackMeanwhile() async throws {
        let (cache, time, counter) = (cache(), time, Counter())
        try await resolve(
            cache.find(
                key, at: time.now,
                by: {
                    { () async throws(ExchangeError) -> VendedCredentials in
                        time.set(back: 3600)
                        return VendedCredentials(
                            answer: "old", expiration: time.now.addingTimeInterval(3600))
                    }
                }))
        time.advance(2700)
        #expect(cache.recall(key, at: time.now, refresh: { work("new", counter: counter) }) != nil)
        #expect(try await resolve(cache.find(key, at: time.now + 700, by: { work("newer") })) == "new")
        #expect(counter.count == 1)
    }

    @Test("a wall clock that is set forward, as after a pause of the machine, ends lives")
    func setForward() async throws {
        let cache = cache()
        try await resolve(cache.find(key, at: time.now, by: { work("old", life: 3600) }))
        time.set(back: -3600)
        #expect(cache.recall(key, at: time.now, refresh: { failing(.unavailable) }) == nil)
        #expect(try await resolve(cache.find(key, at: time.now, by: { work("new") })) == "new")
    }

    @Test("where the issuer's clock is known, lives are measured by it", arguments: [-3600.0, 3600])
    func otherClock(offset: Double) async throws {
        let (cache, time) = (cache { $0.minimumLife = 300 }, time)
        func work(life: Double) -> CredentialCache.Work {
            { () async throws(ExchangeError) -> VendedCredentials in
                let theirs = time.now.addingTimeInterval(offset)
                return VendedCredentials(
                    answer: "theirs", expiration: theirs.addingTimeInterval(life), received: theirs)
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

    @Test("the cache holds no more entries than it may")
    func bounded() async throws {
        let cache = cache {
            $0.capacity = 64
            $0.shards = 4
        }
        for user in 0..<1_000 {
            let key = CacheKey(grant: .test(), holder: .user(Issuer("i"), Subject("user-\(user)")))
            try await resolve(cache.find(key, at: time.now, by: { work("x") }))
        }
        #expect(cache.count <= 64)
        #expect(cache.count > 32)
    }

    @Test("expired entries leave when swept")
    func swept() async throws {
        let cache = cache()
        try await resolve(cache.find(key, at: time.now, by: { work("x") }))
        #expect(cache.count == 1)
        cache.sweep(at: time.now + 3300)
        #expect(cache.count == 0)
    }

    @Test("more exchanges at once than the limit are turned away, and only while they fly")
    func overload() async throws {
        let (cache, gate, time) = (cache { $0.maximumFlights = 2 }, Gate(), time)
        let slow: CredentialCache.Work = { () async throws(ExchangeError) -> VendedCredentials in
            await gate.pass()
            return VendedCredentials(answer: "", expiration: time.now.addingTimeInterval(3600))
        }
        let keys = (0..<3).map { CacheKey(grant: .test(), holder: .user(Issuer("i"), Subject("\($0)"))) }
        let flights = keys.map { cache.find($0, at: time.now, by: { slow }) }
        guard case .overloaded = flights[2] else { Issue.record("the third was let in"); return }
        gate.open()
        for flight in flights.prefix(2) { try await resolve(flight) }
        #expect(try await resolve(cache.find(keys[2], at: time.now, by: { work("in") })) == "in")
    }

    @Test(
        "the age of refreshing ahead leaves a window before the minimum life",
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
