// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix

/// An address that neither accepts nor refuses connections: a listener that never accepts and whose queue is full.
final class BlackHole: Sendable {
    let url: String
    private let channels: [any Channel]

    init() async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1)
            .serverChannelOption(.autoRead, value: false)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = listener.localAddress?.port ?? 0
        url = "http://127.0.0.1:\(port)/"
        var channels = [listener]
        // Linux queues one connection more than the backlog; after that the address does not respond.
        for _ in 0..<2 {
            channels.append(
                try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .connectTimeout(.seconds(30))
                    .connect(host: "127.0.0.1", port: port).get())
        }
        self.channels = channels
    }

    /// Closes the clients first, because closing the listener would reset them.
    func stop() async throws {
        for channel in channels.reversed() { try await channel.close() }
    }
}
