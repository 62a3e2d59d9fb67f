import Synchronization

/// What keeps retries from multiplying an outage: attempts of all callers of a service pay from one purse.
package final class RetryQuota: Sendable {
    private let capacity: Int
    private let tokens: Mutex<Int>

    package init(capacity: Int = 500) {
        self.capacity = capacity
        tokens = Mutex(capacity)
    }

    /// - Returns: whether there was enough; if not, nothing is taken.
    func take(_ cost: Int) -> Bool {
        tokens.withLock { tokens in
            guard tokens >= cost else { return false }
            tokens -= cost
            return true
        }
    }

    /// One token back for a success.
    func credit() {
        tokens.withLock { $0 = min($0 + 1, capacity) }
    }

    var available: Int { tokens.withLock { $0 } }
}
