// SPDX-License-Identifier: Apache-2.0

/// At most one task in flight for each key: callers that need the same outcome meanwhile observe that task.
///
/// A task is unstructured, so it outlives the caller that started it, and a caller's cancellation does not cancel it.
/// Its outcome is not kept: the task stores its result itself and calls `land`.
///
/// Not thread-safe: its owner keeps it behind the lock that also guards the stored results, so that one step finds the
/// stored result, joins the task in flight or starts one.
package struct SingleFlight<Key: Hashable & Sendable, Outcome: Sendable>: Sendable {
    private var tasks: [Key: Task<Outcome, Never>] = [:]

    package init() {}

    package subscript(key: Key) -> Task<Outcome, Never>? { tasks[key] }

    /// The task in flight for `key`, started with `work` if there is none.
    /// - Parameter executor: runs the new task; `nil` for the global one.
    package mutating func join(
        _ key: Key, on executor: (any TaskExecutor)? = nil, _ work: @escaping @Sendable () async -> Outcome
    ) -> Task<Outcome, Never> {
        if let task = tasks[key] { return task }
        let task = Task(executorPreference: executor) { await work() }
        tasks[key] = task
        return task
    }

    /// Removes the task for `key`, which has its outcome. The next caller starts another one.
    package mutating func land(_ key: Key) {
        tasks[key] = nil
    }
}

/// The key of a single flight that has only one.
package enum SoleKey: Hashable, Sendable {
    case only
}
