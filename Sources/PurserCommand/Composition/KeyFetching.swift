// SPDX-License-Identifier: Apache-2.0

import ServiceLifecycle
import Synchronization
import Tokens

/// Keeps the issuers' keys up to date until shutdown. A reload changes the sources; those that stay go on.
final class KeyFetching: Service {
    private struct State {
        var tasks: [ObjectIdentifier: Task<Void, Never>] = [:]
        var hasEnded = false
    }

    private let state = Mutex(State())
    private let first: [any KeySource]

    /// - Parameter first: the sources of the start.
    init(_ first: [any KeySource]) {
        self.first = first
    }

    /// Starts the sources that do not run yet.
    func start(_ sources: [any KeySource]) {
        state.withLock { state in
            guard !state.hasEnded else { return }
            for source in sources where state.tasks[Self.id(source)] == nil {
                state.tasks[Self.id(source)] = Task { await source.run() }
            }
        }
    }

    /// Stops all other sources.
    func keep(only sources: [any KeySource]) {
        let kept = Set(sources.map(Self.id))
        state.withLock { state in
            for (id, task) in state.tasks where !kept.contains(id) {
                task.cancel()
                state.tasks[id] = nil
            }
        }
    }

    func run() async throws {
        defer {
            state.withLock { state in
                state.hasEnded = true
                for task in state.tasks.values { task.cancel() }
                state.tasks = [:]
            }
        }
        start(first)
        try await gracefulShutdown()
    }

    /// The sources of the configuration are objects.
    private static func id(_ source: any KeySource) -> ObjectIdentifier { ObjectIdentifier(source as AnyObject) }
}
