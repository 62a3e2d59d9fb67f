// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// Users whose access is revoked, even if their tokens are valid. Consulted for every request; while it is empty, that
/// takes one atomic load.
package final class DenyList: Sendable {
    private let isEmpty = Atomic(true)
    private let pseudonyms: Mutex<Set<Pseudonym>>

    package init(_ pseudonyms: Set<Pseudonym> = []) {
        self.pseudonyms = Mutex(pseudonyms)
        isEmpty.store(pseudonyms.isEmpty, ordering: .releasing)
    }

    package var count: Int { pseudonyms.withLock { $0.count } }

    package func replace(with pseudonyms: Set<Pseudonym>) {
        self.pseudonyms.withLock { current in
            current = pseudonyms
            isEmpty.store(pseudonyms.isEmpty, ordering: .releasing)
        }
    }

    /// - Parameter pseudonym: computed only if the list is not empty.
    package func denies(_ pseudonym: @autoclosure () -> Pseudonym?) -> Bool {
        guard !isEmpty.load(ordering: .acquiring), let pseudonym = pseudonym() else { return false }
        return pseudonyms.withLock { $0.contains(pseudonym) }
    }
}
