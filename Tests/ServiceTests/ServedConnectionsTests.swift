// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Service

@Suite struct ServedConnectionsTests {
    @Test("a listener without connections ends at once")
    func none() async {
        await ServedConnections().finished()
    }

    @Test("a listener ends when its last connection has, whoever waits")
    func last() async {
        let connections = ServedConnections()
        for _ in 0..<3 { connections.opened() }
        await withTaskGroup { group in
            for _ in 0..<2 { group.addTask { await connections.finished() } }
            group.addTask { for _ in 0..<3 { connections.ended() } }
        }
        connections.opened()
        connections.ended()
        await connections.finished()
    }

    @Test("a cancelled listener does not wait for its connections", arguments: [true, false])
    func cancelled(early: Bool) async {
        let connections = ServedConnections()
        connections.opened()
        let waiter = Task { await connections.finished() }
        if !early { await Task.yield() }
        waiter.cancel()
        await waiter.value
    }
}
