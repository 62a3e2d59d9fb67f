import HummingbirdCore
import NIOCore
import ServiceLifecycle
private import Synchronization

/// How many connections may be open on one listener, and whether further ones may come.
///
/// Hummingbird's server loses connections, and traps over it, that were accepted but not yet handed to it when its
/// listener closes. So before that no more are accepted, and the last ones are seen across.
final class Admission: Sendable {
    private struct State {
        var open = 0
        /// Accepted, and not yet in the hands of whoever answers.
        var arriving = 0
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
            state.arriving += 1
        }
    }

    func closed() { state.withLock { $0.open -= 1 } }

    func arrived() { state.withLock { $0.arriving -= 1 } }

    /// Accepts no more, and returns when those accepted have arrived, or after a second.
    func close() async {
        let listener = state.withLock { state in
            state.closed = true
            return state.listener
        }
        guard let listener else { return }
        // It fails only where the listener is closed already, and then there is nothing to stop.
        try? await listener.setOption(ChannelOptions.autoRead, value: false).get()
        for _ in 0..<200 where state.withLock({ $0.arriving > 0 }) {
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Closes at the beginning of a graceful shutdown: to be started after its listener, and so ended before it.
    struct Closing: Service {
        let admission: Admission

        func run() async throws {
            try? await gracefulShutdown()
            await admission.close()
        }
    }

    /// Hummingbird's view of it.
    struct Delegate: AvailableConnectionsDelegate {
        let admission: Admission

        func connectionOpened() { admission.opened() }
        func connectionClosed() { admission.closed() }
        func isAcceptingNewConnections() -> Bool { admission.admits }
    }
}
