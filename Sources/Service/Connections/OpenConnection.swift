// SPDX-License-Identifier: Apache-2.0

import NIOCore
private import Synchronization

/// One connection of `OpenConnections`. Its event loop says when it is idle; any thread may read that.
final class OpenConnection: Sendable {
    private let channel: any Channel
    /// In nanoseconds of the process's continuous clock; 0 while a request is in progress.
    private let idle: Atomic<Int64>

    init(_ channel: any Channel) {
        self.channel = channel
        idle = Atomic(Self.moment(.now))
    }

    /// Since when the connection has no request in progress, in nanoseconds; 0 if it has one.
    var idleSince: Int64 { idle.load(ordering: .relaxed) }

    func busy() { idle.store(0, ordering: .relaxed) }

    func idle(since instant: ContinuousClock.Instant) { idle.store(Self.moment(instant), ordering: .relaxed) }

    /// Asks the connection's guard to close it, unless a request has begun meanwhile. Until it is idle again, the
    /// connection is not asked a second time.
    func makeRoom() {
        busy()
        channel.pipeline.fireUserInboundEventTriggered(MakeRoom())
    }

    private static let origin = ContinuousClock.now

    private static func moment(_ instant: ContinuousClock.Instant) -> Int64 {
        let (seconds, attoseconds) = origin.duration(to: instant).components
        return max(1, seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}

/// The connection closes if it is idle, because another one needs its place.
struct MakeRoom: Sendable {}
