// SPDX-License-Identifier: Apache-2.0

private import NIOCore
private import Synchronization

/// Bounds the requests in flight to each host, so that a request that finds all connections in use is distinguishable
/// from a host that does not respond. A request over the bound waits for a slot, first in, first out.
final class ConnectionSlots: Sendable {
    private struct Host {
        var inUse = 0
        var waiting = CircularBuffer<(number: UInt64, continuation: CheckedContinuation<Outcome, Never>)>()
    }

    private struct State {
        /// Only hosts with requests.
        var hosts: [String: Host] = [:]
        var number: UInt64 = 0

        mutating func takeFree(_ host: String, of perHost: Int) -> Bool {
            guard hosts[host]?.inUse ?? 0 < perHost else { return false }
            hosts[host, default: Host()].inUse += 1
            return true
        }
    }

    private enum Outcome {
        case taken
        case cancelled
        case timedOut
    }

    private let perHost: Int
    private let state = Mutex(State())

    /// - Parameter perHost: at least 1.
    init(perHost: Int) {
        self.perHost = max(1, perHost)
    }

    /// Returns once the host has a free slot, which `release` must give back.
    /// - Parameter limit: how long to wait for one.
    func take(_ host: String, within limit: Duration) async throws(OutboundError) {
        guard !Task.isCancelled else { throw .cancelled }
        // Nobody waits while a slot is free.
        guard !state.withLock({ $0.takeFree(host, of: perHost) }) else { return }
        let number = state.withLock { state in
            state.number += 1
            return state.number
        }
        var timer: Task<Void, Never>?
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if let outcome = enter(number, host, continuation) { return continuation.resume(returning: outcome) }
                timer = Task {
                    do {
                        try await Task.sleep(for: limit, clock: .continuous)
                        end(number, host, .timedOut)
                    } catch {
                        // The wait has ended before.
                    }
                }
            }
        } onCancel: {
            end(number, host, .cancelled)
        }
        timer?.cancel()
        switch outcome {
        case .taken: return
        case .cancelled: throw .cancelled
        case .timedOut: throw .noConnection
        }
    }

    /// Passes the slot to the request that waits longest, if any.
    func release(_ host: String) {
        let next = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
            if let next = state.hosts[host]?.waiting.popFirst() { return next.continuation }
            state.hosts[host]?.inUse -= 1
            if state.hosts[host]?.inUse == 0 { state.hosts[host] = nil }
            return nil
        }
        next?.resume(returning: .taken)
    }

    /// - Returns: the outcome if it is known at once; `nil` if the request waits.
    private func enter(
        _ number: UInt64, _ host: String, _ continuation: CheckedContinuation<Outcome, Never>
    ) -> Outcome? {
        state.withLock { state in
            guard !Task.isCancelled else { return .cancelled }
            if state.takeFree(host, of: perHost) { return .taken }
            state.hosts[host]?.waiting.append((number, continuation))
            return nil
        }
    }

    private func end(_ number: UInt64, _ host: String, _ outcome: Outcome) {
        let continuation = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
            guard let index = state.hosts[host]?.waiting.firstIndex(where: { $0.number == number }) else { return nil }
            return state.hosts[host]?.waiting.remove(at: index).continuation
        }
        continuation?.resume(returning: outcome)
    }
}
