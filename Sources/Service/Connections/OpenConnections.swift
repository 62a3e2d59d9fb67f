// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Vending
private import Synchronization

/// The open connections of one listener. Over a limit, the connection that has been idle longest makes room.
package final class OpenConnections: Sendable {
    /// Why a connection was closed for another one.
    package enum Limit: String, CaseIterable, Sendable {
        /// `limits.connections`.
        case listener
        /// `limits.client-connections`.
        case client
    }

    /// Connections over the limit that are open until those that make room have closed. Further ones wait in the
    /// kernel's queue.
    var headroom: Int { max(4, min(64, limit / 16)) }

    private struct State {
        var connections: [ObjectIdentifier: Entry] = [:]
        var clients: [ClientAddress: [OpenConnection]] = [:]
        /// The connections that were idle longest when all were last looked at, the longest last.
        var candidates: [Idle] = []
        /// The most open connections since `takePeak`.
        var peak = 0

        mutating func remove(_ connection: OpenConnection, of client: ClientAddress?) {
            guard let client, var all = clients.removeValue(forKey: client) else { return }
            if let place = all.firstIndex(where: { $0 === connection }) {
                all.swapAt(place, all.count - 1)
                all.removeLast()
            }
            if !all.isEmpty { clients[client] = all }
        }

        mutating func nextCandidate() -> OpenConnection? {
            while let next = candidates.popLast() {
                if next.connection.idleSince == next.since { return next.connection }
            }
            return nil
        }
    }

    private struct Entry {
        let connection: OpenConnection
        var client: ClientAddress?
    }

    private struct Idle {
        let connection: OpenConnection
        let since: Int64
    }

    /// Candidates that one look at all connections finds.
    private static let candidates = 64

    /// Maximum number of open connections.
    package let limit: Int
    private let clientLimit: Int
    private let closing: @Sendable (Limit) -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - clientLimit: maximum number of connections of one client network.
    ///   - closing: called when a connection is closed for another one.
    package init(limit: Int, clientLimit: Int = .max, closing: @escaping @Sendable (Limit) -> Void = { _ in }) {
        self.limit = limit
        self.clientLimit = clientLimit
        self.closing = closing
    }

    package var count: Int { state.withLock { $0.connections.count } }

    /// The most open connections since the last call.
    package func takePeak() -> Int {
        state.withLock { state in
            defer { state.peak = state.connections.count }
            return state.peak
        }
    }

    /// - Parameter client: the network that the connection counts for, if any.
    func open(_ channel: any Channel, of client: ClientAddress?) -> OpenConnection {
        let connection = OpenConnection(channel)
        let victim = state.withLock { state -> OpenConnection? in
            state.connections[ObjectIdentifier(connection)] = Entry(connection: connection)
            state.peak = max(state.peak, state.connections.count)
            guard state.connections.count > limit else { return nil }
            return longestIdle(besides: connection, in: &state)
        }
        if let victim { makeRoom(.listener, victim) }
        identify(connection, as: client)
        return connection
    }

    /// Counts the connection for a client network, instead of the one that it counted for.
    func identify(_ connection: OpenConnection, as client: ClientAddress?) {
        let victim = state.withLock { state -> OpenConnection? in
            guard let entry = state.connections[ObjectIdentifier(connection)], entry.client != client else {
                return nil
            }
            state.remove(connection, of: entry.client)
            state.connections[ObjectIdentifier(connection)]?.client = client
            guard let client else { return nil }
            state.clients[client, default: []].append(connection)
            guard let all = state.clients[client], all.count > clientLimit else { return nil }
            return all.filter { $0 !== connection && $0.idleSince > 0 }.min { $0.idleSince < $1.idleSince }
                ?? connection
        }
        if let victim { makeRoom(.client, victim) }
    }

    func close(_ connection: OpenConnection) {
        connection.busy()
        state.withLock { state in
            let entry = state.connections.removeValue(forKey: ObjectIdentifier(connection))
            state.remove(connection, of: entry?.client)
        }
    }

    private func makeRoom(_ limit: Limit, _ victim: OpenConnection) {
        closing(limit)
        victim.makeRoom()
    }

    /// Looks at all connections only once for many calls.
    private func longestIdle(besides new: OpenConnection, in state: inout State) -> OpenConnection? {
        if let found = state.nextCandidate() { return found }
        let idle = state.connections.values.map { Idle(connection: $0.connection, since: $0.connection.idleSince) }
            .filter { $0.since > 0 && $0.connection !== new }
        state.candidates = idle.sorted { $0.since < $1.since }.prefix(Self.candidates).reversed()
        return state.nextCandidate()
    }
}
