// SPDX-License-Identifier: Apache-2.0

import Foundation
import Observability
import Service
import Synchronization

/// The configuration in use, and how reloads went. Each configuration that a process has used is a generation.
final class Generations: Sendable {
    private struct State {
        var root: CompositionRoot
        var number = 1
        var succeeded: Date
        var failed: Date?
        var lastSucceeded = true
    }

    let service: CurrentService
    private let log: AccessLog
    private let now: @Sendable () -> Date
    private let state: Mutex<State>

    init(_ root: CompositionRoot, log: AccessLog, now: @escaping @Sendable () -> Date) {
        service = CurrentService(root.service(log: log))
        self.log = log
        self.now = now
        state = Mutex(State(root: root, succeeded: now()))
    }

    var number: Int { state.withLock { $0.number } }

    var root: CompositionRoot { state.withLock { $0.root } }

    /// Requests from now on are for `root`; those in progress keep the old one.
    /// - Returns: the number of the new generation.
    func replace(with root: CompositionRoot) -> Int {
        let (old, number) = state.withLock { state in
            defer {
                state.root = root
                state.number += 1
                state.succeeded = now()
                state.lastSucceeded = true
            }
            return (state.root, state.number + 1)
        }
        service.replace(with: root.service(log: log))
        root.supersede(old)
        return number
    }

    /// A reload was refused.
    func refused() {
        state.withLock { state in
            state.failed = now()
            state.lastSucceeded = false
        }
    }

    var families: [MetricFamily] {
        func gauge(
            _ name: String, help: String, _ value: @escaping @Sendable (borrowing State) -> Double?
        ) -> MetricFamily {
            .single(name, help: help) { [self] in state.withLock { value($0) } }
        }
        return [
            gauge(
                "purser_configuration_generation",
                help: "Configurations that the process has used, including that of the start."
            ) { Double($0.number) },
            gauge(
                "purser_configuration_last_reload_successful",
                help: "1 if the configuration in use is that of the last attempt to reload."
            ) { $0.lastSucceeded ? 1 : 0 },
            gauge(
                "purser_configuration_last_reload_success_timestamp_seconds",
                help: "When the configuration in use was loaded."
            ) { $0.succeeded.timeIntervalSince1970 },
            gauge(
                "purser_configuration_last_reload_failure_timestamp_seconds",
                help: "When a reload was refused last; absent if none was."
            ) { $0.failed?.timeIntervalSince1970 },
        ]
    }
}
