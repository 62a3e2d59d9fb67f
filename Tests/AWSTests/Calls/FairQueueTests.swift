// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Vending

@testable import AWS

@Suite struct FairQueueTests {
    /// Serves all calls, and returns them in order.
    private func drained(_ queue: FairQueue) -> [UInt64] {
        var queue = queue
        var order: [UInt64] = []
        while let (number, audience) = queue.next() {
            queue.charge(audience)
            order.append(number)
        }
        return order
    }

    private func queue(reserve: Int = 80, _ shares: [CallShare]) -> FairQueue {
        var queue = FairQueue(reserve: reserve)
        for (number, share) in shares.enumerated() { queue.join(UInt64(number), share: share) }
        return queue
    }

    @Test("serves one party's calls first in, first out")
    func firstInFirstOut() {
        #expect(drained(queue(Array(repeating: .user(), count: 5))) == [0, 1, 2, 3, 4])
    }

    @Test("alternates between parties of an app, however many calls one of them has waiting")
    func parties() {
        for party in [CallShare.user, CallShare.guest] {
            let order = drained(
                queue(Array(repeating: party(1, "shop"), count: 10) + [party(2, "shop"), party(2, "shop")]))
            #expect(order.prefix(4) == [0, 10, 1, 11])
        }
    }

    @Test("alternates between an app's exchanges and its hand-outs, however many of one kind wait")
    func handOuts() {
        let renewals = (0..<10).map { CallShare.user($0).handOut }
        #expect(drained(queue(renewals + [.user(20), .user(21)])).prefix(4) == [0, 10, 1, 11])
        #expect(drained(queue((0..<10).map { .user($0) } + [CallShare.user(0).handOut])).prefix(3) == [0, 10, 1])
        // The two kinds of one app are one app to the others.
        let shared = drained(queue(renewals + (0..<10).map { .user($0) } + [.user(of: "blog"), .user(of: "blog")]))
        #expect(shared.prefix(4) == [0, 20, 10, 21])
    }

    @Test("predicts the position of a hand-out among exchanges, and evicts from the kind with the most calls")
    func handOutPositions() {
        var queue = queue((0..<6).map { .user($0) })
        #expect(queue.position(in: CallShare.user(0).handOut) == 1)
        #expect(queue.position(in: .user(9)) == 6)
        queue.join(6, share: CallShare.user(0).handOut)
        #expect(queue.position(in: CallShare.user(1).handOut) == 3)
        #expect(queue.position(in: .user(9)) == 7)
        #expect(queue.evict(for: CallShare.user(1).handOut).map { $0 < 6 } == true)
        #expect(queue.count == 6)
    }

    @Test("alternates between apps, however many parties of one of them wait")
    func apps() {
        let order = drained(queue((0..<10).map { .user($0, of: "storm") } + [.user(of: "shop"), .user(of: "shop")]))
        #expect(order.prefix(4) == [0, 10, 1, 11])
    }

    @Test(
        "gives signed-in calls at least the reserve while guests wait too, and at least half",
        arguments: [(80, 80), (95, 95), (50, 50), (66, 66), (0, 50), (20, 50)])
    func reserve(percentage: Int, expected: Int) {
        var queue = queue(reserve: percentage, (0..<2_000).map { .guest($0 % 7) })
        for number in 2_000..<4_000 { queue.join(UInt64(number), share: .user()) }
        // A ratio that is not a whole number is reached on average.
        let slack = expected.isMultiple(of: 100 - expected) ? 0 : 1
        var served = 0
        for (turn, number) in drained(queue).prefix(2_000).enumerated() {
            if number >= 2_000 { served += 1 }
            #expect((served + slack) * 100 >= expected * (turn + 1), "\(served) of \(turn + 1)")
            #expect(served <= expected * (turn + 1) / 100 + 1)
        }
    }

    @Test("serves the first signed-in call next, however long guests alone have used the queue")
    func firstSignedIn() {
        var queue = queue((0..<1_000).map { .guest($0) })
        for _ in 0..<500 { queue.next().map { queue.charge($0.audience) } }
        queue.join(5_000, share: .user())
        #expect(queue.position(in: .user(1)) == 1)
        #expect(queue.next()?.number == 5_000)
    }

    @Test("an audience may use what the other leaves, without having to make up for it")
    func workConserving() {
        var queue = queue(Array(repeating: .user(), count: 100))
        for _ in 0..<50 { queue.next().map { queue.charge($0.audience) } }
        for number in 100..<140 { queue.join(UInt64(number), share: .guest()) }
        let order = drained(queue)
        #expect(order.prefix(50).count { $0 >= 100 } == 10)
        #expect(order.count == 90)
    }

    @Test("a call that is removed without being served costs its audience no turn")
    func notCharged() {
        var queue = queue(Array(repeating: .guest(), count: 10) + Array(repeating: .user(), count: 10))
        var audiences: [Grant.Audience] = []
        while let (number, audience) = queue.next() {
            // The first nine guests have waited too long.
            if number < 9 { continue }
            queue.charge(audience)
            audiences.append(audience)
        }
        #expect(audiences.firstIndex(of: .guest).map { $0 <= 4 } == true)
    }

    @Test("a cancelled call takes no turn, and its party keeps its place")
    func cancelled() {
        var queue = queue([.user(1), .user(1), .user(2), .user(3)])
        queue.leave(0, share: .user(1))
        #expect(queue.count == 3 && drained(queue) == [1, 2, 3])
        queue.leave(1, share: .user(1))
        queue.join(9, share: .user(1))
        #expect(drained(queue) == [2, 3, 9])
        for (number, party) in [(2, 2), (3, 3), (9, 1)] { queue.leave(UInt64(number), share: .user(party)) }
        #expect(queue.count == 0 && queue.next() == nil && queue.position(in: .user(1)) == 0)
    }

    @Test("a full queue evicts the newest call of the longest line of the audience, app and party that has too much")
    func evictions() {
        // 80 % of 11 calls are 8.8: guests have too much from the third call on.
        var guests = queue(Array(repeating: .guest(1), count: 8) + [.guest(2), .guest(2)])
        #expect(guests.evict(for: .user()) == 7)
        #expect(guests.evict(for: .guest(3)) == 6)
        #expect(guests.evict(for: .guest(1)) == nil, "the new call's own line is the longest")

        var apps = queue(
            Array(repeating: .user(1, of: "storm"), count: 4) + [.user(2, of: "storm"), .user(of: "shop")])
        #expect(apps.evict(for: .user(of: "shop")) == 3)
        #expect(apps.evict(for: .user(2, of: "storm")) == 2)
        #expect(apps.evict(for: .guest()) == nil, "with the new call, both audiences have exactly their part")
        #expect(apps.evict(for: .user(1, of: "storm")) == nil)

        var users = queue(Array(repeating: .user(1), count: 9) + [.guest()])
        #expect(users.evict(for: .guest()) == 8, "9 of 11 are more than 80 %")
        #expect(users.evict(for: .guest()) == nil)
        #expect(users.evict(for: .user(2)) == 7)
        #expect(users.evict(for: .user(1)) == nil)
    }

    @Test("a new call does not evict a call of a line that is as long as its own would be")
    func noChurn() {
        var queue = queue([.user(1), .user(1), .user(2)])
        #expect(queue.evict(for: .user(2)) == nil)
        #expect(queue.evict(for: .user(3)) == 1)
    }

    @Test("a flood of evictions leaves the calls of others in the queue")
    func floods() {
        var queue = queue((0..<100).map { .guest($0 % 10) })
        var number: UInt64 = 100
        func arrive(_ share: CallShare) -> Bool {
            number += 1
            guard queue.evict(for: share) != nil else { return false }
            queue.join(number, share: share)
            return true
        }
        #expect(arrive(.guest(77)) && arrive(.user(1)) && arrive(.user(2)))
        for _ in 0..<1_000 {
            _ = arrive(.guest(5))
            _ = arrive(.user(1, of: "storm"))
            _ = arrive(.guest(5, of: "storm"))
        }
        #expect(queue.count == 100)
        let order = drained(queue)
        #expect(Set([101, 102, 103]).isSubset(of: order))
        #expect(order.count { $0 < 101 } >= 5, "guests of other addresses still wait")
    }

    @Test(
        "predicts the position of each call exactly, through random arrivals, turns and cancellations",
        arguments: 1...8)
    func positions(seed: UInt64) {
        var random = SplitMix(state: seed)
        var queue = FairQueue(reserve: [80, 80, 0, 95][Int(seed % 4)])
        var waiting: [UInt64: CallShare] = [:]
        for number in 0..<250 as Range<UInt64> {
            let app = ["shop", "blog", "wiki"].randomElement(using: &random) ?? ""
            let party = Int.random(in: 0..<4, using: &random)
            let share: CallShare = Bool.random(using: &random) ? .user(party, of: app) : .guest(party, of: app)
            let predicted = queue.position(in: share)
            queue.join(number, share: share)
            waiting[number] = share
            #expect(drained(queue).firstIndex(of: number) == predicted, "call \(number)")
            while Int.random(in: 0..<100, using: &random) < 45, let (served, audience) = queue.next() {
                if Int.random(in: 0..<10, using: &random) > 0 { queue.charge(audience) }
                waiting[served] = nil
            }
            if Int.random(in: 0..<10, using: &random) == 0,
                let (left, share) = waiting.min(by: { $0.key < $1.key })
            {
                queue.leave(left, share: share)
                waiting[left] = nil
            }
            #expect(queue.count == waiting.count)
        }
        #expect(Set(drained(queue)) == Set(waiting.keys))
    }
}

/// Random numbers from a seed (SplitMix64).
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
