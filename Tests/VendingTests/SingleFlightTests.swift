// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TestSupport
import Testing

@testable import Vending

@Suite struct SingleFlightTests {
    private final class Calls: Sendable {
        private let number = Mutex(0)
        var count: Int { number.withLock { $0 } }
        func next() -> Int {
            number.withLock { number in
                number += 1
                return number
            }
        }
    }

    @Test("callers for one key share one task until it lands, and the next one starts another")
    func shared() async {
        var flights = SingleFlight<String, Int>()
        let calls = Calls()
        let first = flights.join("a") { calls.next() }
        let second = flights.join("a") { calls.next() }
        #expect(first == second && flights["a"] == first)
        #expect(await first.value == 1)
        flights.land("a")
        #expect(flights["a"] == nil)
        let third = flights.join("a") { calls.next() }
        #expect(third != first)
        #expect(await third.value == 2)
        #expect(calls.count == 2)
    }

    @Test("keys do not share a task, and one that lands leaves the others in flight")
    func keys() async {
        var flights = SingleFlight<String, Int>()
        let gate = Gate()
        let slow = flights.join("slow") {
            await gate.pass()
            return 1
        }
        let fast = flights.join("fast") { 2 }
        #expect(slow != fast)
        #expect(await fast.value == 2)
        flights.land("fast")
        #expect(flights["slow"] == slow && flights["fast"] == nil)
        gate.open()
        #expect(await slow.value == 1)
    }

    @Test("a caller that is cancelled does not cancel the task for the others")
    func cancellation() async {
        var flights = SingleFlight<String, Bool>()
        let gate = Gate()
        let flight = flights.join("a") {
            await gate.pass()
            return Task.isCancelled
        }
        let caller = Task { await flight.value }
        caller.cancel()
        gate.open()
        #expect(await flight.value == false)
        #expect(await caller.value == false)
    }
}
