// SPDX-License-Identifier: Apache-2.0

private import Synchronization
package import Vending

/// The keys in a file that is read again at an interval, so that operators can change pinned keys without a restart.
package final class WatchedKeys: KeySource {
    package static let intervalByDefault = Duration.seconds(5)

    private struct State {
        /// The last content that was parsed, valid or not; `nil` after a failed read.
        var content: [UInt8]?
        var status = KeySourceStatus()
    }

    private let ring: KeyRing
    private let read: @Sendable () async throws -> [UInt8]
    private let interval: Duration
    private let time: MonotonicTime
    private let report: @Sendable (KeySourceEvent) -> Void
    private let state: Mutex<State>

    /// - Parameters:
    ///   - content: the content of the file that `keys` was parsed from.
    ///   - read: returns the file's current content, up to `KeySet.documentLimit` + 1 bytes.
    package init(
        _ keys: KeySet, content: [UInt8], interval: Duration = intervalByDefault, time: MonotonicTime = .system,
        report: @escaping @Sendable (KeySourceEvent) -> Void, read: @escaping @Sendable () async throws -> [UInt8]
    ) {
        ring = KeyRing(keys)
        self.read = read
        self.interval = interval
        self.time = time
        self.report = report
        state = Mutex(State(content: content))
    }

    package var current: KeySet? { ring.current }

    package var status: KeySourceStatus {
        let keys = ring.current?.keys.count ?? 0
        return state.withLock { state in
            var status = state.status
            status.keys = keys
            return status
        }
    }

    /// Searches nowhere: the interval is short enough. A named key may be in the content that could not be read.
    package func search(for key: SoughtKey) -> KeySearchResult {
        isAbsent(key) ? .absent : .pending(retryAfter: max(1, Int((interval / .seconds(1)).rounded(.up))))
    }

    package func isAbsent(_ key: SoughtKey) -> Bool {
        guard case .named = key else { return true }
        return state.withLock { !$0.status.failing }
    }

    /// Does nothing: the interval is short enough.
    package func renew() {}

    package func run() async {
        while !Task.isCancelled {
            do {
                try await time.sleep(interval)
            } catch {
                return
            }
            await reload()
        }
    }

    private func reload() async {
        let content: [UInt8]
        do {
            content = try await read()
        } catch {
            // Reported once; the next content is parsed even if it is the same as before.
            let isReported = state.withLock { state in
                defer { state.content = nil }
                return state.content == nil
            }
            if !isReported { reportFailure(error) }
            return
        }
        let changed = state.withLock { state in
            defer { state.content = content }
            return state.content != content
        }
        guard changed else { return }
        do throws(KeySetError) {
            let keys = try KeySet(file: content)
            let retired = ring.replace(with: keys)
            let recovered = state.withLock { state in
                defer { state.status.failing = false }
                state.status.succeeded += 1
                return state.status.failing
            }
            report(
                retired.map { .changed(keys, retired: $0, unknownKey: false) }
                    ?? .renewed(unknownKey: false, recovered: recovered))
        } catch {
            reportFailure(error)
        }
    }

    private func reportFailure(_ problem: any Error & Sendable) {
        state.withLock { state in
            state.status.failing = true
            state.status.failed += 1
        }
        report(.failed(problem, retryIn: interval, age: nil))
    }
}
