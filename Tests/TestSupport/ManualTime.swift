// SPDX-License-Identifier: Apache-2.0

package import Foundation
private import Synchronization

/// A wall clock and a monotonic clock that tests advance.
package final class ManualTime: Sendable {
    private let current: Mutex<Date>
    private let passed = Mutex(Duration.zero)

    package init(_ start: Date = Date(timeIntervalSince1970: 1_800_000_000)) {
        current = Mutex(start)
    }

    package var now: Date { current.withLock { $0 } }

    /// The time on the monotonic clock since the start.
    package var elapsed: Duration { passed.withLock { $0 } }

    package func advance(_ seconds: Double) {
        current.withLock { $0 += seconds }
        passed.withLock { $0 += .seconds(seconds) }
    }

    /// Moves only the wall clock back.
    package func set(back seconds: Double) {
        current.withLock { $0 -= seconds }
    }
}
