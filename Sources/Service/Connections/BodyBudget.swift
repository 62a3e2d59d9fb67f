private import Synchronization

/// The bytes of request bodies that may be in memory at once, over all connections. Taken before a body is read.
package final class BodyBudget: Sendable {
    private let left: Atomic<Int>

    package init(bytes: Int) {
        left = Atomic(bytes)
    }

    var available: Int { left.load(ordering: .relaxed) }

    /// Whether there is that much room, which is taken then.
    func take(_ bytes: Int) -> Bool {
        guard left.subtract(bytes, ordering: .relaxed).newValue >= 0 else {
            left.add(bytes, ordering: .relaxed)
            return false
        }
        return true
    }

    func giveBack(_ bytes: Int) {
        left.add(bytes, ordering: .relaxed)
    }
}
