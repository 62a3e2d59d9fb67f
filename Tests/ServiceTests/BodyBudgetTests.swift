// SPDX-License-Identifier: Apache-2.0

import Testing
import Vending

@testable import Service

@Suite struct BodyBudgetTests {
    @Test("reserves bytes in full or not at all, and makes released bytes available")
    func reservation() {
        let budget = BodyBudget(bytes: 100)
        #expect(budget.reserve(60, for: nil) && !budget.reserve(41, for: nil) && budget.reserve(40, for: nil))
        #expect(!budget.reserve(1, for: nil))
        budget.release(60, for: nil)
        #expect(budget.available == 60 && budget.reserve(60, for: nil))
    }

    @Test("a client gets at most a quarter of the budget, whatever is left")
    func clients() {
        let budget = BodyBudget(bytes: 100)
        let clients = (0..<5).map { ClientAddress("192.0.2.\($0)") }
        for client in clients.prefix(4) {
            #expect(budget.reserve(20, for: client) && !budget.reserve(6, for: client))
            #expect(budget.reserve(5, for: client))
        }
        #expect(budget.available == 0 && !budget.reserve(1, for: clients[4]))
        budget.release(5, for: clients[0])
        budget.release(20, for: clients[0])
        #expect(budget.reserve(25, for: clients[4]) && budget.available == 0)
    }
}
