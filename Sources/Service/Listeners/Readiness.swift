// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// What the process can do, as far as it is known without asking anybody.
package struct Health: Sendable {
    /// Whether everything that a start waits for was tried once.
    package let hasStarted: Bool
    /// Whether at least one grant can be served.
    package let canServe: Bool

    package init(hasStarted: Bool, canServe: Bool) {
        self.hasStarted = hasStarted
        self.canServe = canServe
    }
}

/// Whether the service accepts traffic: from when it has started and can serve something until it drains.
package final class Readiness: Sendable {
    private let draining = Atomic(false)
    /// Once started, the process stays so: a reload may add issuers whose keys are still unknown.
    private let started = Atomic(false)
    private let health: @Sendable () -> Health
    /// A JSON object; see `docs/http-api.md`.
    let details: @Sendable () -> String

    /// - Parameter details: for operators, as the text of a JSON object.
    package init(_ health: @escaping @Sendable () -> Health, details: @escaping @Sendable () -> String = { "{}" }) {
        self.health = health
        self.details = details
    }

    package var isReady: Bool {
        guard !isDraining else { return false }
        let health = health()
        return isStarted(health) && health.canServe
    }

    var hasStarted: Bool { isStarted(health()) }

    private func isStarted(_ health: Health) -> Bool {
        if health.hasStarted { started.store(true, ordering: .relaxed) }
        return started.load(ordering: .relaxed)
    }

    package var isDraining: Bool { draining.load(ordering: .relaxed) }

    package func drain() { draining.store(true, ordering: .relaxed) }
}
