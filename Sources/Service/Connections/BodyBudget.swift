// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// Limits the bytes of request bodies in memory over all connections. A request reserves its bytes before its body is
/// read.
package final class BodyBudget: Sendable {
    private let remaining: Atomic<Int>

    package init(bytes: Int) {
        remaining = Atomic(bytes)
    }

    var available: Int { remaining.load(ordering: .relaxed) }

    /// Returns `false`, and reserves nothing, if the budget has fewer bytes available.
    func reserve(_ bytes: Int) -> Bool {
        guard remaining.subtract(bytes, ordering: .relaxed).newValue >= 0 else {
            remaining.add(bytes, ordering: .relaxed)
            return false
        }
        return true
    }

    func release(_ bytes: Int) {
        remaining.add(bytes, ordering: .relaxed)
    }
}
