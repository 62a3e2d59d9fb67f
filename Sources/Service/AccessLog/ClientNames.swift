// SPDX-License-Identifier: Apache-2.0

package import Observability
private import Synchronization
package import Vending

/// How log lines and audit events name clients: `clientHash`, a keyed hash of the address, or `clientAddress`.
package final class ClientNames: Sendable {
    private let showsAddresses: Bool
    private let hash: @Sendable (ClientAddress) -> String
    /// The hashes of recent clients.
    private let recent = Mutex<[ClientAddress: String]>([:])
    private static let limit = 1_024

    /// - Parameters:
    ///   - showsAddresses: whether lines have the address, which is personal data, instead of its hash.
    ///   - hash: a keyed hash.
    package init(showsAddresses: Bool = false, hash: @escaping @Sendable (ClientAddress) -> String) {
        self.showsAddresses = showsAddresses
        self.hash = hash
    }

    package func add(_ client: ClientAddress?, to line: inout JSONLine) {
        guard let client else { return }
        if showsAddresses {
            line.add("clientAddress", client.description)
        } else {
            line.add("clientHash", hashed(client))
        }
    }

    private func hashed(_ client: ClientAddress) -> String {
        if let known = recent.withLock({ $0[client] }) { return known }
        let text = hash(client)
        recent.withLock { recent in
            if recent.count >= Self.limit { recent.removeAll(keepingCapacity: true) }
            recent[client] = text
        }
        return text
    }
}
