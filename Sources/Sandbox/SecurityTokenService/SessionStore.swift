// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The issued sessions by access key id. At capacity the store evicts the oldest session.
final class SessionStore: Sendable {
    static let defaultCapacity = 10_000

    private struct State {
        var sessions: [String: Session] = [:]
        /// Key ids in insertion order; a ring buffer once `capacity` is reached.
        var order: [String] = []
        var oldest = 0
    }

    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int = SessionStore.defaultCapacity) {
        self.capacity = max(1, capacity)
    }

    func insert(_ session: Session) {
        state.withLock { state in
            if state.order.count < capacity {
                state.order.append(session.key.id)
            } else {
                state.sessions[state.order[state.oldest]] = nil
                state.order[state.oldest] = session.key.id
                state.oldest = (state.oldest + 1) % capacity
            }
            state.sessions[session.key.id] = session
        }
    }

    func session(of accessKeyID: String) -> Session? {
        state.withLock { $0.sessions[accessKeyID] }
    }

    var count: Int { state.withLock { $0.sessions.count } }
}
