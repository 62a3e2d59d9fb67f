// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Foundation
import Synchronization
import TestSupport
import Testing
import Vending

@testable import AWS

@Suite struct CognitoIdentityCacheTests {
    private let now = Fixture.now

    private func key(_ subject: String, pool: String = "p", provider: String = "i") -> CognitoIdentityCache.Key {
        .user(pool: pool, provider: provider, issuer: Issuer("https://i"), subject: Subject(subject))
    }

    private func identity(_ number: Int) throws -> IdentityID {
        try Fixture.require(IdentityID("us-west-2:\(number)"))
    }

    @Test("evicts the least recently stored user when the cache is full")
    func bound() throws {
        let identities = CognitoIdentityCache(users: 2)
        for number in 0..<3 {
            identities.keep(try identity(number), for: key("u\(number)"), at: now.addingTimeInterval(Double(number)))
        }
        #expect(identities.identity(for: key("u0"), at: now) == nil)
        #expect(identities.identity(for: key("u1"), at: now) != nil)
        #expect(identities.identity(for: key("u2"), at: now) != nil)
    }

    @Test("never evicts the guests' identity, neither for users nor over time")
    func guests() throws {
        let identities = CognitoIdentityCache(users: 1)
        let guests = CognitoIdentityCache.Key.guests(pool: "p", app: try Fixture.require(AppName("shop")))
        identities.keep(try identity(0), for: guests, at: now)
        for number in 1..<10 { identities.keep(try identity(number), for: key("u\(number)"), at: now) }
        #expect(identities.identity(for: guests, at: now.addingTimeInterval(1e9)) == (try identity(0)))
    }

    @Test("evicts a user a day after their last exchange")
    func life() throws {
        let identities = CognitoIdentityCache()
        identities.keep(try identity(0), for: key("u"), at: now)
        identities.keep(try identity(0), for: key("u"), at: now.addingTimeInterval(80_000))
        #expect(identities.identity(for: key("u"), at: now.addingTimeInterval(166_399)) != nil)
        #expect(identities.identity(for: key("u"), at: now.addingTimeInterval(166_400)) == nil)
    }

    @Test("keys of different pools, providers and subjects differ, whatever characters they contain")
    func keys() {
        let keys = [
            key("u"), key("u", pool: "q"), key("u", provider: "j"), key("i1:u", pool: "p1:"), key("\u{E9}"),
            key("e\u{301}"),
        ]
        #expect(Set(keys).count == keys.count)
    }

    @Test("forgetting an identity keeps its replacement")
    func forget() throws {
        let identities = CognitoIdentityCache()
        identities.keep(try identity(2), for: key("u"), at: now)
        identities.forget(try identity(1), for: key("u"), at: now)
        #expect(identities.identity(for: key("u"), at: now) == (try identity(2)))
        identities.forget(try identity(2), for: key("u"), at: now)
        #expect(identities.identity(for: key("u"), at: now) == nil)
    }

    @Test("concurrent requests of guests share one call, and a failure is not cached")
    func singleFlight() async throws {
        let identities = CognitoIdentityCache()
        let guests = CognitoIdentityCache.Key.guests(pool: "p", app: try Fixture.require(AppName("shop")))
        let gate = Gate()
        let calls = Mutex(0)
        let expected = try identity(7)
        let outcomes = Mutex<[Result<IdentityID, ExchangeError>]>([
            .failure(ExchangeError(.throttled, "d")), .success(expected),
        ])
        let request: @Sendable () async -> IdentityID? = {
            try? await identities.fetchIdentity(for: guests, at: Fixture.now) {
                calls.withLock { $0 += 1 }
                await gate.pass()
                return outcomes.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
            }
        }
        async let first = request()
        await gate.arrivals(1)
        async let second = request()
        async let third = request()
        for _ in 0..<100 { await Task.yield() }
        gate.open()
        let failed = await [first, second, third].filter { $0 == nil }.count
        // A late caller makes the second call, which succeeds.
        #expect(failed >= 1)
        let after = await request()
        #expect(after == expected)
        #expect(calls.withLock { $0 } == 2)
        let kept = await request()
        #expect(kept == after)
        #expect(calls.withLock { $0 } == 2)
    }

    @Test("the description of an identity is redacted")
    func redaction() throws {
        let identity = try identity(1)
        #expect("\(identity) \(String(reflecting: identity))" == "[redacted identity] [redacted identity]")
        var dumped = ""
        dump(identity, to: &dumped)
        #expect(!dumped.contains("us-west-2"))
    }

    @Test(
        "rejects a malformed identity id",
        arguments: ["", "a", "a:", ":a", "a:b:c", "us-west-2:x", "us west:1", String(repeating: "a", count: 54) + ":1"])
    func noIdentity(text: String) {
        #expect(IdentityID(text) == nil)
    }
}
