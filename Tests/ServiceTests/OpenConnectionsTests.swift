// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import Synchronization
import Testing
import Vending

@testable import Service

@Suite struct OpenConnectionsTests {
    private final class Closings: Sendable {
        let limits = Mutex<[OpenConnections.Limit]>([])
    }

    /// Notes whether its connection was asked to make room.
    private final class Asked: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        var isAsked = false

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if event is MakeRoom { isAsked = true }
        }
    }

    private let closings = Closings()

    private func connections(_ limit: Int, client: Int = .max) -> OpenConnections {
        let closings = closings
        return OpenConnections(limit: limit, clientLimit: client) { limit in
            closings.limits.withLock { $0.append(limit) }
        }
    }

    private func channel() throws -> (channel: EmbeddedChannel, asked: Asked) {
        let (channel, asked) = (EmbeddedChannel(), Asked())
        try channel.pipeline.syncOperations.addHandler(asked)
        return (channel, asked)
    }

    private let start = ContinuousClock.now + .seconds(100)

    @Test("over the limit, asks the connection that has been idle longest to make room, each once")
    func longestIdle() throws {
        let connections = connections(3)
        var opened: [(connection: OpenConnection, asked: Asked)] = []
        for (position, idle) in [30, 10, 20].enumerated() {
            let (channel, asked) = try channel()
            let connection = connections.open(channel, of: nil)
            connection.idle(since: start + .seconds(idle))
            opened.append((connection, asked))
            #expect(connections.count == position + 1)
        }
        #expect(closings.limits.withLock { $0.isEmpty })
        for expected in [1, 2, 0] {
            let new = try channel()
            connections.open(new.channel, of: nil).busy()
            #expect(opened[expected].asked.isAsked && !new.asked.isAsked)
            #expect(opened.count(where: \.asked.isAsked) == closings.limits.withLock { $0.count })
        }
        // All others are busy.
        let last = try channel()
        _ = connections.open(last.channel, of: nil)
        #expect(closings.limits.withLock { $0 } == [.listener, .listener, .listener] && !last.asked.isAsked)
    }

    @Test("asks no connection on which a request has begun since it was looked at")
    func busyMeanwhile() throws {
        let connections = connections(2)
        let (first, second) = (try channel(), try channel())
        let opened = [first, second].map { connections.open($0.channel, of: nil) }
        opened[0].idle(since: start)
        opened[1].idle(since: start + .seconds(1))
        connections.open(try channel().channel, of: nil).busy()
        #expect(first.asked.isAsked && !second.asked.isAsked)
        opened[1].busy()
        connections.open(try channel().channel, of: nil).busy()
        #expect(!second.asked.isAsked)
        opened[1].idle(since: start + .seconds(2))
        connections.open(try channel().channel, of: nil).busy()
        #expect(second.asked.isAsked)
    }

    @Test("over a client's limit, asks that client's longest idle connection, and the new one if none is idle")
    func clients() throws {
        let connections = connections(100, client: 2)
        let (greedy, other) = (ClientAddress("192.0.2.1"), ClientAddress("192.0.2.2"))
        let stranger = try channel()
        connections.open(stranger.channel, of: other).idle(since: start)
        let first = try channel()
        connections.open(first.channel, of: greedy).idle(since: start + .seconds(5))
        let second = try channel()
        let busy = connections.open(second.channel, of: greedy)
        busy.busy()
        let third = try channel()
        let opened = connections.open(third.channel, of: greedy)
        #expect(first.asked.isAsked && !second.asked.isAsked && !third.asked.isAsked)
        opened.busy()
        let fourth = try channel()
        _ = connections.open(fourth.channel, of: greedy)
        #expect(fourth.asked.isAsked && !stranger.asked.isAsked)
        #expect(closings.limits.withLock { $0 } == [.client, .client])
    }

    @Test("a closed connection gives its place back, in all and for its client")
    func close() throws {
        let connections = connections(1, client: 1)
        for _ in 0..<3 {
            let connection = connections.open(try channel().channel, of: ClientAddress("192.0.2.1"))
            connections.close(connection)
            connections.close(connection)
        }
        #expect(connections.count == 0 && closings.limits.withLock { $0.isEmpty })
    }

    @Test("reports the most open connections since the last report")
    func peak() throws {
        let connections = connections(100)
        let opened = try (0..<5).map { _ in connections.open(try channel().channel, of: nil) }
        for connection in opened.prefix(4) { connections.close(connection) }
        #expect(connections.takePeak() == 5 && connections.takePeak() == 1 && connections.count == 1)
    }

    @Test("counts a connection for the client that a proxy's header names, once")
    func identify() throws {
        let connections = connections(100, client: 1)
        let (client, proxy) = (ClientAddress("192.0.2.1"), ClientAddress("10.0.0.1"))
        let first = connections.open(try channel().channel, of: proxy)
        connections.identify(first, as: client)
        connections.identify(first, as: client)
        _ = connections.open(try channel().channel, of: proxy)
        #expect(closings.limits.withLock { $0.isEmpty })
        connections.identify(connections.open(try channel().channel, of: nil), as: client)
        #expect(closings.limits.withLock { $0 } == [.client])
    }
}
