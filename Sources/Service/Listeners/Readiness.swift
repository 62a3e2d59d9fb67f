// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// Whether the service accepts traffic: from when its dependencies are available until it drains.
package final class Readiness: Sendable {
    private let draining = Atomic(false)
    private let ready: @Sendable () -> Bool

    /// - Parameter ready: whether the dependencies of the service are available.
    package init(ready: @escaping @Sendable () -> Bool) {
        self.ready = ready
    }

    package var isReady: Bool { !isDraining && ready() }
    package var isDraining: Bool { draining.load(ordering: .relaxed) }

    package func drain() { draining.store(true, ordering: .relaxed) }
}
