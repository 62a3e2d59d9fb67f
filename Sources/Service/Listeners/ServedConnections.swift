// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// The open connections of one listener and the tasks that serve them: a listener ends when the last one has.
///
/// Hummingbird would keep a task for each connection, also for one that needs none, because the fast lane answers its
/// requests.
final class ServedConnections: Sendable {
    private struct State {
        var count = 0
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter = 0
    }

    private let state = Mutex(State())

    func opened() { state.withLock { $0.count += 1 } }

    /// The connection has closed, or its task has ended.
    func ended() {
        let waiting = state.withLock { state in
            state.count -= 1
            defer { if state.count == 0 { state.waiting = [:] } }
            return state.count == 0 ? Array(state.waiting.values) : []
        }
        for waiter in waiting { waiter.resume() }
    }

    /// Returns when no connection is left, or when the caller is cancelled.
    func finished() async {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard state.count > 0, !Task.isCancelled else { return true }
                    state.waiting[number] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: number) }?.resume()
        }
    }
}
