package import Foundation
private import Synchronization

/// A wall clock that moves only when told.
package final class ManualTime: Sendable {
    private let current: Mutex<Date>

    package init(_ start: Date = Date(timeIntervalSince1970: 1_800_000_000)) {
        current = Mutex(start)
    }

    package var now: Date { current.withLock { $0 } }

    package func advance(_ seconds: Double) {
        current.withLock { $0 += seconds }
    }
}
