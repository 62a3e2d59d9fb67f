private import Synchronization

/// Users who get nothing any more, whatever their tokens say. Asked at every request; costs nothing while it is empty.
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

    /// - Parameter pseudonym: made only where somebody is denied at all.
    package func denies(_ pseudonym: @autoclosure () -> Pseudonym?) -> Bool {
        guard !isEmpty.load(ordering: .acquiring), let pseudonym = pseudonym() else { return false }
        return pseudonyms.withLock { $0.contains(pseudonym) }
    }
}
