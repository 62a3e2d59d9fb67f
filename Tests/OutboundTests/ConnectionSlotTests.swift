// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import Outbound

@Suite struct ConnectionSlotTests {
    private let slots = ConnectionSlots(perHost: 2)

    private func take(_ host: String = "a", within limit: Duration = .seconds(60)) async -> OutboundError? {
        do throws(OutboundError) {
            try await slots.take(host, within: limit)
            return nil
        } catch {
            return error
        }
    }

    @Test("each host has slots of its own, and a request over them fails")
    func perHost() async {
        for host in ["a", "a", "b", "b"] { #expect(await take(host) == nil) }
        for host in ["a", "b"] { #expect(await take(host, within: .milliseconds(1)) == .noConnection) }
        slots.release("a")
        #expect(await take("b", within: .milliseconds(1)) == .noConnection)
        #expect(await take("a", within: .milliseconds(1)) == nil)
    }

    @Test("a request that waits gets the slot that is released")
    func waits() async {
        for _ in 0..<2 { #expect(await take() == nil) }
        let slots = slots
        let waiting = (0..<3).map { _ in
            Task {
                defer { slots.release("a") }
                return await take()
            }
        }
        for _ in 0..<2 { slots.release("a") }
        for task in waiting { #expect(await task.value == nil) }
    }

    @Test("a cancelled request leaves the slot to the next one")
    func cancelled() async {
        for _ in 0..<2 { #expect(await take() == nil) }
        let cancelled = Task { await take() }
        cancelled.cancel()
        #expect(await cancelled.value == .cancelled)
        let next = Task { await take() }
        slots.release("a")
        #expect(await next.value == nil)
        #expect(await take(within: .milliseconds(1)) == .noConnection)
    }

    @Test("a thousand requests at once never have more slots than the limit, and all get one")
    func bounded() async {
        let (slots, inUse, most) = (slots, Counter(), Counter())
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<1_000 {
                group.addTask {
                    guard await take() == nil else { return false }
                    most.raise(to: inUse.add(1))
                    await Task.yield()
                    _ = inUse.add(-1)
                    slots.release("a")
                    return true
                }
            }
            for await outcome in group { #expect(outcome) }
        }
        #expect(most.add(0) <= 2)
    }
}

private final class Counter: Sendable {
    private let value = Mutex(0)

    func add(_ count: Int) -> Int {
        value.withLock { value in
            value += count
            return value
        }
    }

    func raise(to count: Int) { value.withLock { $0 = max($0, count) } }
}
