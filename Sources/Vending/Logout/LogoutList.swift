// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// The logouts whose tokens may still be unexpired. Consulted for every request of an issuer with back-channel logout;
/// while it is empty, that takes one atomic load.
///
/// Bounded: a full list takes no further logout, because dropping an older one would admit its tokens again.
package final class LogoutList: Sendable {
    private struct Times {
        /// The last logout of all sessions of the user; seconds since 1970.
        var all = Int.min
        /// The last logout of any of the user's sessions: for tokens that name none.
        var any = Int.min
    }

    private struct State {
        var records: [LogoutKey: LogoutRecord] = [:]
        var users: [LogoutKey: Times] = [:]
        var sessions: [LogoutKey: Int] = [:]

        mutating func end(_ record: LogoutRecord) {
            if let user = record.user {
                var times = users[user] ?? Times()
                if record.session == nil { times.all = max(times.all, record.issuedAt) }
                times.any = max(times.any, record.issuedAt)
                users[user] = times
            }
            if let session = record.session {
                sessions[session] = max(sessions[session] ?? .min, record.issuedAt)
            }
        }
    }

    private let capacity: Int
    private let isEmpty = Atomic(true)
    private let state: Mutex<State>

    /// - Parameters:
    ///   - records: at most `capacity`.
    ///   - capacity: the maximum number of logouts.
    package init(_ records: [LogoutRecord] = [], capacity: Int = 100_000) {
        self.capacity = capacity
        var state = State()
        for record in records {
            state.records[record.identifier] = record
            state.end(record)
        }
        isEmpty.store(state.records.isEmpty, ordering: .releasing)
        self.state = Mutex(state)
    }

    /// In no particular order.
    package var records: [LogoutRecord] { state.withLock { Array($0.records.values) } }

    package var count: Int { state.withLock { $0.records.count } }

    /// Whether a token of this session was issued before a logout of its user or its session.
    package func refuses(_ session: TokenSession?) -> Bool {
        guard let session, !isEmpty.load(ordering: .acquiring) else { return false }
        return state.withLock { state in
            if let times = state.users[session.user] {
                let time = session.session == nil ? times.any : times.all
                if session.issuedAt <= Double(time) { return true }
            }
            guard let key = session.session, let time = state.sessions[key] else { return false }
            return session.issuedAt <= Double(time)
        }
    }

    /// Takes effect at once.
    /// - Throws: `replayed` or `full`; then nothing has changed.
    package func add(_ record: LogoutRecord) throws(LogoutError) {
        let problem: LogoutError.Reason? = state.withLock { state in
            guard state.records[record.identifier] == nil else { return .replayed }
            guard max(state.records.count, state.users.count, state.sessions.count) < capacity else { return .full }
            state.records[record.identifier] = record
            state.end(record)
            isEmpty.store(false, ordering: .releasing)
            return nil
        }
        switch problem {
        case nil: return
        case .replayed?: throw .invalid(.replayed, "its jti was accepted before")
        case let problem?: throw .invalid(problem, "the list has its \(capacity) logouts (logouts.entries)")
        }
    }

    /// Admits the logout token again, because its logout is not stored. The logout stays in effect.
    package func admitAgain(_ identifier: LogoutKey) {
        _ = state.withLock { $0.records.removeValue(forKey: identifier) }
    }

    /// Removes the logouts whose tokens have all expired.
    /// - Parameter time: in seconds since 1970.
    package func removeAll(before time: Int) {
        state.withLock { state in
            guard state.records.contains(where: { $0.value.issuedAt < time }) || state.records.isEmpty else { return }
            state.records = state.records.filter { $0.value.issuedAt >= time }
            state.users = state.users.filter { $0.value.any >= time }
            state.sessions = state.sessions.filter { $0.value >= time }
            isEmpty.store(state.users.isEmpty && state.sessions.isEmpty, ordering: .releasing)
        }
    }
}
