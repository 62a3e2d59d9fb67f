// SPDX-License-Identifier: Apache-2.0

private import Foundation
private import Synchronization

/// A bounded buffer of lines, which a dedicated thread writes to a file descriptor, in order. Everything that goes to
/// one descriptor goes through one sink, so that lines never mix.
///
/// Only that thread ever waits for the reader of the descriptor. A line that finds its part of the buffer full is lost,
/// and so are the lines of a write that fails: they are counted, and a later line reports how many. After a failed
/// write, the sink tries once a second whether writing works again.
package final class LogSink: Sendable {
    package enum Event: Sendable {
        /// Lines are lost, because the buffer is full or a write failed.
        case lost(Int, LogWriteError)
        /// A confirmed line was not written within the deadline.
        case stalled
        /// Writing works again after a failure.
        case recovered
    }

    private struct State {
        var queue: LineQueue
        var isRunning = false
        var hasTimer = false
        var hasRetry = false
    }

    /// Maximum time that the caller of `writeConfirmed` waits.
    package static let deadline = Duration.seconds(2)

    /// In seconds: how long the thread waits for more lines before it writes.
    private static let gathering = 0.005
    private static let retryPause = Duration.seconds(1)

    private let writeLines: @Sendable ([UInt8]) -> Int32
    private let deadline: Duration
    private let clock: SinkClock
    private let report: @Sendable (Event) -> Void
    private let render: Render?
    private let state: Mutex<State>
    private let work = DispatchSemaphore(value: 0)
    private let done = DispatchSemaphore(value: 0)

    /// Turns a JSON line into the line that is written.
    package typealias Render = @Sendable ([UInt8]) -> [UInt8]

    /// - Parameters:
    ///   - descriptor: an open file descriptor; stays open.
    ///   - render: `nil` writes the JSON lines.
    ///   - limits: maximum size of the buffered lines, in bytes. Those that are being written do not count.
    ///   - report: called on the thread that finds the event; must not block.
    package convenience init(
        descriptor: Int32, limits: ByLineClass = .limits, deadline: Duration = LogSink.deadline,
        clock: SinkClock = .system, render: Render? = nil, report: @escaping @Sendable (Event) -> Void = { _ in }
    ) {
        let writer = LineWriter(descriptor: descriptor)
        self.init(limits: limits, deadline: deadline, clock: clock, render: render, report: report) {
            writer.write($0)
        }
    }

    /// - Parameter write: writes whole lines; may block. Returns 0 or an `errno`.
    package init(
        limits: ByLineClass = .limits, deadline: Duration = LogSink.deadline, clock: SinkClock = .system,
        render: Render? = nil, report: @escaping @Sendable (Event) -> Void = { _ in },
        write: @escaping @Sendable ([UInt8]) -> Int32
    ) {
        writeLines = write
        self.deadline = deadline
        self.clock = clock
        self.report = report
        self.render = render
        state = Mutex(
            State(
                queue: LineQueue(limits: limits, deadline: deadline) { kind, count in
                    let line = LossNotice.line(kind, count: count, at: Date())
                    return render?(line) ?? line
                }))
    }

    /// Starts the writing thread. Earlier lines stay in the buffer until then.
    package func start() {
        state.withLock { $0.isRunning = true }
        let thread = Thread { [self] in drain() }
        thread.name = "log"
        thread.start()
        work.signal()
    }

    /// Adds a whole line, its line end included. Never waits.
    package func write(_ line: [UInt8], _ kind: LineClass = .log) {
        let line = if let render { render(line) } else { line }
        switch state.withLock({ ($0.queue.add(line, kind), $0.isRunning) }) {
        case (.waiting(let first), let isRunning): if first, isRunning { work.signal() }
        case (.rejected(let error), _): if error == .full { report(.lost(1, error)) }
        }
    }

    /// Adds a whole line, its line end included, and returns when it is written. Suspends meanwhile and blocks no thread.
    /// - Throws: at the latest when the deadline has passed. The line may still be written after that. While an earlier
    ///   line is past its deadline, `writeConfirmed` throws at once.
    package func writeConfirmed(_ line: [UInt8], _ kind: LineClass) async throws(LogWriteError) {
        let error = await withCheckedContinuation { continuation in
            write(line, kind) { continuation.resume(returning: $0) }
        }
        if let error { throw error }
    }

    /// - Parameter completion: called once; see `writeConfirmed`.
    func write(_ line: [UInt8], _ kind: LineClass, completion: @escaping @Sendable (LogWriteError?) -> Void) {
        let now = clock.now()
        let line = if let render { render(line) } else { line }
        let (added, isRunning, needsTimer) = state.withLock { state in
            let added = state.queue.add(line, kind, at: now, completion: completion)
            guard case .waiting = added, !state.hasTimer else { return (added, state.isRunning, false) }
            state.hasTimer = true
            return (added, state.isRunning, true)
        }
        switch added {
        case .waiting(let first): if first, isRunning { work.signal() }
        case .rejected(let error):
            if error == .full { report(.lost(1, error)) }
            completion(error)
        }
        if needsTimer { clock.after(deadline) { [self] in expire() } }
    }

    /// Whether the last write succeeded, and no confirmed line is past its deadline.
    package var isHealthy: Bool {
        let now = clock.now()
        return state.withLock { $0.queue.isHealthy(at: now) }
    }

    /// Lines lost since the start.
    package var lostLines: (full: ByLineClass, failed: ByLineClass) {
        state.withLock { ($0.queue.droppedLines, $0.queue.failedLines) }
    }

    /// Writes the buffered lines and ends the thread. Later lines are dropped.
    /// - Parameter patience: `close` returns after this time even if the reader takes nothing. The thread then stays.
    package func close(within patience: Duration = .seconds(1)) {
        let isRunning = state.withLock { state in
            state.queue.close()
            return state.isRunning
        }
        guard isRunning else { return }
        work.signal()
        guard done.wait(timeout: .now() + patience / .seconds(1)) == .success else { return }
        // For other callers.
        done.signal()
    }

    private func drain() {
        var batch: [UInt8] = []
        while true {
            work.wait()
            let isUrgent = state.withLock { $0.queue.awaitsWrite || $0.queue.isClosed }
            // Batch the lines: one write and one wake-up for many requests.
            if !isUrgent { Thread.sleep(forTimeInterval: Self.gathering) }
            let (isTaken, isClosed) = state.withLock { ($0.queue.take(into: &batch), $0.queue.isClosed) }
            if isTaken { finish(writeLines(batch)) }
            if isClosed {
                done.signal()
                return
            }
        }
    }

    private func finish(_ code: Int32) {
        let (finished, needsRetry) = state.withLock { state in
            let finished = state.queue.finish(code)
            guard code != 0, !state.hasRetry, !state.queue.isClosed else { return (finished, false) }
            state.hasRetry = true
            return (finished, true)
        }
        let error: LogWriteError? = code == 0 ? nil : .failed(code)
        for completion in finished.completions { completion(error) }
        if let error { report(.lost(finished.lost, error)) }
        if finished.recovered { report(.recovered) }
        if needsRetry { clock.after(Self.retryPause) { [self] in retry() } }
    }

    /// Makes the thread write the notice about lost lines, which shows whether writing works again.
    private func retry() {
        state.withLock { $0.hasRetry = false }
        work.signal()
    }

    private func expire() {
        let now = clock.now()
        let (expired, next) = state.withLock { state in
            let expired = state.queue.expire(at: now)
            let next = state.queue.nextExpiry
            state.hasTimer = next != nil
            return (expired, next)
        }
        for completion in expired { completion(.timedOut) }
        if !expired.isEmpty { report(.stalled) }
        if let next { clock.after(next - now) { [self] in expire() } }
    }
}
