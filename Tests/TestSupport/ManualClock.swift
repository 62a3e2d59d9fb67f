// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// A monotonic clock that tests advance, and whose sleepers they can observe.
package final class ManualClock: Sendable {
    private struct State {
        var now = Duration.zero
        var number = 0
        var sleepers: [Int: (end: Duration, continuation: CheckedContinuation<Void, any Error>)] = [:]
        var watchers: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    package init() {}

    package var now: Duration { state.withLock { $0.now } }

    package func sleep(_ duration: Duration) async throws {
        let number = state.withLock { state in
            state.number += 1
            return state.number
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let watchers = state.withLock { state -> [CheckedContinuation<Void, Never>]? in
                    guard duration > .zero, !Task.isCancelled else { return nil }
                    state.sleepers[number] = (state.now + duration, continuation)
                    defer { state.watchers = [] }
                    return state.watchers
                }
                guard let watchers else {
                    return Task.isCancelled
                        ? continuation.resume(throwing: CancellationError()) : continuation.resume()
                }
                for watcher in watchers { watcher.resume() }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: number) }?
                .continuation.resume(throwing: CancellationError())
        }
    }

    /// Advances the time and wakes the sleepers that are due.
    package func advance(_ duration: Duration) {
        let woken = state.withLock { state in
            state.now += duration
            let due = state.sleepers.filter { $0.value.end <= state.now }
            for number in due.keys { state.sleepers[number] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in woken { continuation.resume() }
    }

    /// The remaining time of the sleeper that is due first; `nil` if there are no sleepers.
    package var sleeping: Duration? {
        state.withLock { state in state.sleepers.values.map { $0.end - state.now }.min() }
    }

    /// Waits until there is a sleeper, and returns the remaining time of the one that is due first.
    package func nextSleep() async -> Duration {
        while true {
            let left = state.withLock { state in state.sleepers.values.map { $0.end - state.now }.min() }
            if let left { return left }
            await withCheckedContinuation { continuation in
                let asleep = state.withLock { state in
                    if state.sleepers.isEmpty { state.watchers.append(continuation) }
                    return !state.sleepers.isEmpty
                }
                if asleep { continuation.resume() }
            }
        }
    }
}
