private import Synchronization

/// Whether traffic is welcome: not before everything is there, and no longer once the service is to end.
package final class Readiness: Sendable {
    private let draining = Atomic(false)
    private let ready: @Sendable () -> Bool

    /// - Parameter ready: whether what the service depends on is there.
    package init(ready: @escaping @Sendable () -> Bool) {
        self.ready = ready
    }

    package var isReady: Bool { !isDraining && ready() }
    package var isDraining: Bool { draining.load(ordering: .relaxed) }

    package func drain() { draining.store(true, ordering: .relaxed) }
}
