private import Synchronization
package import Vending

/// The keys of a file, which is read again every now and then: whoever pins keys changes them without a restart.
package final class WatchedKeys: KeySource {
    package static let intervalByDefault = Duration.seconds(5)

    private struct State {
        /// The content that was judged last, good or bad.
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
    ///   - content: of the file when it was read for the first time, which gave `keys`.
    ///   - read: the whole content now, `KeySet.documentLimit` and a byte at most.
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

    /// The file's own pace is quick enough.
    package func renew() {}

    package func run() async {
        while !Task.isCancelled {
            do {
                try await time.sleep(interval)
            } catch {
                return
            }
            await look()
        }
    }

    private func look() async {
        let content: [UInt8]
        do {
            content = try await read()
        } catch {
            // Told once, and the content that comes back is judged anew.
            let known = state.withLock { state in
                defer { state.content = nil }
                return state.content == nil
            }
            if !known { failed(error) }
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
            failed(error)
        }
    }

    private func failed(_ problem: any Error & Sendable) {
        state.withLock { state in
            state.status.failing = true
            state.status.failed += 1
        }
        report(.failed(problem, retryIn: interval, age: nil))
    }
}
