// SPDX-License-Identifier: Apache-2.0

private import Synchronization
import Vending

/// Limits the bytes of request bodies in memory, over all connections and for each client network. Bytes are reserved
/// as they arrive, so that a body that is announced and not sent takes no room.
package final class BodyBudget: Sendable {
    private struct State {
        var available: Int
        /// Only clients with bytes in memory.
        var clients: [ClientAddress: Int] = [:]
    }

    /// The part of the budget that one client network may use.
    private static let clientPart = 4

    private let clientLimit: Int
    private let state: Mutex<State>

    package init(bytes: Int) {
        clientLimit = bytes / Self.clientPart
        state = Mutex(State(available: bytes))
    }

    var available: Int { state.withLock { $0.available } }

    /// Returns `false`, and reserves nothing, if the budget or the client's part of it has fewer bytes available.
    func reserve(_ bytes: Int, for client: ClientAddress?) -> Bool {
        state.withLock { state in
            guard state.available >= bytes else { return false }
            if let client {
                let used = state.clients[client, default: 0] + bytes
                guard used <= clientLimit else { return false }
                state.clients[client] = used
            }
            state.available -= bytes
            return true
        }
    }

    func release(_ bytes: Int, for client: ClientAddress?) {
        state.withLock { state in
            state.available += bytes
            guard let client, let used = state.clients[client] else { return }
            state.clients[client] = used > bytes ? used - bytes : nil
        }
    }
}

/// Separate budgets, so that guests take no room of users' batches, nor one wire of another.
package struct BodyBudgets: Sendable {
    /// Batches of signed-in users.
    let users: BodyBudget
    /// Batches of guests.
    let guests: BodyBudget
    let securityTokens: BodyBudget

    /// - Parameter bytes: of all budgets together.
    package init(bytes: Int) {
        users = BodyBudget(bytes: bytes / 2)
        guests = BodyBudget(bytes: bytes / 4)
        securityTokens = BodyBudget(bytes: bytes / 4)
    }

    func budget(for request: ServiceRequest) -> BodyBudget {
        guard request.target?.resource == .appMonitors else { return securityTokens }
        if case .success(let credentials)? = request.credentials, case .signedIn = credentials.audience { return users }
        return guests
    }
}
