// SPDX-License-Identifier: Apache-2.0

import HummingbirdCore
import NIOCore
import ServiceLifecycle
private import Synchronization

/// Limits the open connections of one listener, and stops accepting connections before a shutdown.
///
/// When its listener closes, Hummingbird's server loses connections that are accepted but not yet handed over to it,
/// and traps. So `close` stops accepting first, and waits until the last accepted connections are handed over.
final class Admission: Sendable {
    private struct State {
        var open = 0
        /// Accepted, but not yet handed over to the server.
        var pendingHandovers = 0
        var closed = false
        var listener: (any Channel)?
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    var admits: Bool { state.withLock { !$0.closed && $0.open < limit } }

    func bound(_ listener: any Channel) { state.withLock { $0.listener = listener } }

    func opened() {
        state.withLock { state in
            state.open += 1
            state.pendingHandovers += 1
        }
    }

    func closed() { state.withLock { $0.open -= 1 } }

    func handedOver() { state.withLock { $0.pendingHandovers -= 1 } }

    /// Stops accepting, and returns when all accepted connections are handed over, at the latest after one second.
    func close() async {
        let listener = state.withLock { state in
            state.closed = true
            return state.listener
        }
        guard let listener else { return }
        // This fails only if the listener is already closed, and then there is nothing to stop.
        try? await listener.setOption(ChannelOptions.autoRead, value: false).get()
        for _ in 0..<200 where state.withLock({ $0.pendingHandovers > 0 }) {
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Closes the admission when a graceful shutdown begins. Services stop in reverse order, so it must start after its
    /// listener.
    struct Closing: Service {
        let admission: Admission

        func run() async throws {
            try? await gracefulShutdown()
            await admission.close()
        }
    }

    /// Connects the admission to Hummingbird's server.
    struct Delegate: AvailableConnectionsDelegate {
        let admission: Admission

        func connectionOpened() { admission.opened() }
        func connectionClosed() { admission.closed() }
        func isAcceptingNewConnections() -> Bool { admission.admits }
    }
}
