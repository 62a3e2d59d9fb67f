// SPDX-License-Identifier: Apache-2.0

import Testing
import Vending

@testable import Tokens

/// What is remembered about keys that no fetch has found.
@Suite struct AbsentKeysTests {
    private let published: KeySet
    private let key = SoughtKey.named("withdrawn")

    init() throws {
        published = try TestIssuer(keyID: "published").keys()
    }

    private func seconds(_ number: Double) -> Duration { .milliseconds(Int(number * 1_000)) }

    @Test("a key is absent once two fetches that began three seconds apart missed it, and for thirty seconds")
    func confirmation() {
        var absent = AbsentKeys()
        absent.ask(for: key, at: seconds(10))
        absent.learn(from: published, begun: seconds(10), changed: false)
        #expect(absent.knowledge(of: key, at: seconds(10.9)) == .missed)
        #expect(absent.knowledge(of: key, at: seconds(11)) == .unknown)
        absent.learn(from: published, begun: seconds(12.9), changed: false)
        #expect(absent.knowledge(of: key, at: seconds(13)) == .missed, "too early to confirm")
        absent.learn(from: published, begun: seconds(13), changed: false)
        #expect(absent.knowledge(of: key, at: seconds(42.9)) == .absent)
        #expect(absent.knowledge(of: key, at: seconds(43)) == .unknown)
        absent.learn(from: published, begun: seconds(43), changed: false)
        #expect(absent.knowledge(of: key, at: seconds(72.9)) == .absent, "one more fetch confirms it again")
    }

    @Test("a key that was published before is absent after one more fetch, however many unknown keys tokens name")
    func withdrawn() throws {
        var absent = AbsentKeys()
        let previous = try TestIssuer(keyID: "withdrawn").keys()
        absent.learn(from: published, begun: seconds(10), changed: true, previous: previous)
        #expect(absent.knowledge(of: key, at: seconds(10.5)) == .missed)
        for number in 0..<(3 * AbsentKeys.capacity) { absent.ask(for: .named("unknown-\(number)"), at: seconds(11)) }
        absent.ask(for: key, at: seconds(11))
        absent.learn(from: published, begun: seconds(13), changed: false, previous: published)
        #expect(absent.knowledge(of: key, at: seconds(14)) == .absent)
        absent.learn(from: previous, begun: seconds(15), changed: true, previous: published)
        #expect(absent.knowledge(of: key, at: seconds(15)) == .unknown, "published again")
        #expect(absent.knowledge(of: .named("published"), at: seconds(15)) == .missed)
    }

    @Test("the memory of keys that were published before has a bound, too")
    func manyWithdrawn() throws {
        var absent = AbsentKeys()
        var previous = published
        for number in 0...AbsentKeys.withdrawnCapacity {
            let next = try TestIssuer(keyID: "key-\(number)").keys()
            absent.learn(from: next, begun: seconds(Double(number)), changed: true, previous: previous)
            previous = next
        }
        #expect(absent.withdrawnCount <= AbsentKeys.withdrawnCapacity)
    }

    @Test("a fetch tells nothing about a key that a token named after its begin")
    func earlier() {
        var absent = AbsentKeys()
        absent.ask(for: key, at: seconds(10))
        absent.learn(from: published, begun: seconds(9.9), changed: false)
        #expect(absent.knowledge(of: key, at: seconds(10)) == .unknown)
        absent.learn(from: published, begun: seconds(20), changed: false)
        #expect(absent.knowledge(of: key, at: seconds(20)) == .missed, "the first fetch that missed it")
    }

    @Test("a fetch that finds the key forgets every earlier miss")
    func found() throws {
        var absent = AbsentKeys()
        let found = SoughtKey.named("published")
        let old = try TestIssuer(keyID: "old").keys()
        absent.ask(for: found, at: seconds(0))
        absent.learn(from: old, begun: seconds(0), changed: false)
        absent.learn(from: published, begun: seconds(1), changed: true)
        absent.ask(for: found, at: seconds(4))
        absent.learn(from: old, begun: seconds(4), changed: true)
        #expect(absent.knowledge(of: found, at: seconds(4)) == .missed)
    }

    @Test("a changed set can verify a token without kid, so its absence is confirmed anew")
    func unnamed() {
        var absent = AbsentKeys()
        let token = SoughtKey.unnamed(SHA256Digest(hashing: "a token"))
        absent.ask(for: token, at: seconds(0))
        absent.learn(from: published, begun: seconds(0), changed: false)
        absent.learn(from: published, begun: seconds(3), changed: true)
        #expect(absent.knowledge(of: token, at: seconds(3)) == .unknown)
        absent.ask(for: token, at: seconds(4))
        absent.learn(from: published, begun: seconds(4), changed: false)
        absent.learn(from: published, begun: seconds(7), changed: false)
        #expect(absent.knowledge(of: token, at: seconds(7)) == .absent)
    }

    @Test("the number of remembered keys is bounded, and keys that tokens keep naming stay")
    func bounded() {
        var absent = AbsentKeys()
        absent.ask(for: key, at: seconds(0))
        absent.learn(from: published, begun: seconds(0), changed: false)
        absent.learn(from: published, begun: seconds(3), changed: false)
        for number in 0..<10_000 {
            absent.ask(for: .named("\(number)"), at: seconds(4))
            if number.isMultiple(of: 500) { absent.ask(for: key, at: seconds(4)) }
            #expect(absent.count <= AbsentKeys.capacity)
        }
        #expect(absent.knowledge(of: key, at: seconds(5)) == .absent)
        #expect(absent.knowledge(of: .named("0"), at: seconds(5)) == .unknown)
    }

    @Test("a kid never stands for a token without kid")
    func kinds() {
        var absent = AbsentKeys()
        absent.ask(for: .named("x"), at: seconds(0))
        absent.learn(from: published, begun: seconds(0), changed: false)
        #expect(absent.knowledge(of: .unnamed(SHA256Digest(hashing: "x")), at: seconds(0)) == .unknown)
    }
}
