/// At most one task in flight for each key: callers that need the same outcome meanwhile observe that task.
///
/// A task is unstructured, so it outlives the caller that started it, and no caller's cancellation cancels it. Its
/// outcome is not kept: the task itself stores what is worth keeping and calls `land`.
///
/// Not thread-safe: its owner keeps it behind the lock that also guards what the tasks store, so that "is it stored, or
/// in flight, or to be started?" is one step.
package struct SingleFlight<Key: Hashable & Sendable, Outcome: Sendable>: Sendable {
    private var tasks: [Key: Task<Outcome, Never>] = [:]

    package init() {}

    /// The task in flight for `key`.
    package subscript(key: Key) -> Task<Outcome, Never>? { tasks[key] }

    /// The task in flight for `key`, started with `work` where there is none.
    package mutating func join(
        _ key: Key, _ work: @escaping @Sendable () async -> Outcome
    ) -> Task<Outcome, Never> {
        if let task = tasks[key] { return task }
        let task = Task { await work() }
        tasks[key] = task
        return task
    }

    /// The task for `key` has its outcome: the next caller starts another one.
    package mutating func land(_ key: Key) {
        tasks[key] = nil
    }
}

/// The key of a single flight that has only one.
package enum SoleKey: Hashable, Sendable {
    case only
}
