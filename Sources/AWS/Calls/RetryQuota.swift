// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A retry quota, so that retries do not multiply an outage. All callers of a service share one.
package final class RetryQuota: Sendable {
    private let capacity: Int
    private let tokens: Mutex<Int>

    package init(capacity: Int = 500) {
        self.capacity = capacity
        tokens = Mutex(capacity)
    }

    /// - Returns: whether the quota sufficed. If not, nothing is taken.
    func take(_ cost: Int) -> Bool {
        tokens.withLock { tokens in
            guard tokens >= cost else { return false }
            tokens -= cost
            return true
        }
    }

    /// Returns one token to the quota after a success.
    func credit() {
        tokens.withLock { $0 = min($0 + 1, capacity) }
    }

    var available: Int { tokens.withLock { $0 } }
}
