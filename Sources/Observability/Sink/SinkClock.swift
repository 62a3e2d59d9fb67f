// SPDX-License-Identifier: Apache-2.0

import Dispatch

/// The time of a sink: deadlines and retries. Tests pass their own.
package struct SinkClock: Sendable {
    /// Time since an arbitrary start; never moves backward.
    package let now: @Sendable () -> Duration
    /// Calls the function once, that time later, on another thread.
    package let after: @Sendable (Duration, @escaping @Sendable () -> Void) -> Void

    package init(
        now: @escaping @Sendable () -> Duration,
        after: @escaping @Sendable (Duration, @escaping @Sendable () -> Void) -> Void
    ) {
        self.now = now
        self.after = after
    }

    /// The continuous clock, and timers of a queue of their own: other work of the process never delays them.
    package static let system: SinkClock = {
        let beginning = ContinuousClock.now
        let timers = DispatchQueue(label: "log-timers")
        return SinkClock(
            now: { beginning.duration(to: .now) },
            after: { delay, body in
                timers.asyncAfter(deadline: .now() + max(0, delay / .seconds(1)), execute: body)
            })
    }()
}
