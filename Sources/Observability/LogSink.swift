private import Foundation
private import Synchronization

/// Where log lines go: a bounded buffer, emptied into a file descriptor by a thread of its own.
///
/// Whoever writes a line never waits for the reader of the log. When the reader falls behind by more than the bound,
/// lines are dropped, and a line says how many.
package final class LogSink: Sendable {
    private struct State {
        var waiting: [UInt8] = []
        var dropped = 0
        var closed = false
        var running = false
    }

    /// Seconds that a line may wait for others.
    private static let gathering = 0.005

    private let descriptor: Int32
    private let limit: Int
    private let state = Mutex(State())
    /// Held while bytes go out, so that lines never mix. Whether the last line was cut short.
    private let writing = Mutex(false)
    private let work = DispatchSemaphore(value: 0)
    private let done = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - descriptor: an open file descriptor; stays open.
    ///   - limit: bytes that may wait to be written.
    package init(descriptor: Int32, limit: Int = 8 << 20) {
        self.descriptor = descriptor
        self.limit = limit
    }

    /// Starts the writing thread. Lines written before wait until then.
    package func start() {
        state.withLock { $0.running = true }
        let thread = Thread { [self] in drain() }
        thread.name = "log"
        thread.start()
        work.signal()
    }

    /// Adds a whole line, its line end included.
    package func write(_ line: [UInt8]) {
        let first = state.withLock { state in
            guard state.waiting.count + line.count <= limit, !state.closed else {
                state.dropped += 1
                return false
            }
            state.waiting.append(contentsOf: line)
            return state.waiting.count == line.count
        }
        if first { work.signal() }
    }

    /// Writes a whole line, its line end included, before it returns.
    /// - Returns: 0, or the error (`errno`) that kept the line, or part of it, from being written.
    package func writeThrough(_ line: [UInt8]) -> Int32 { writeOut(line) }

    /// Writes out what waits and ends the thread. Lines that come later are lost.
    package func close() {
        let running = state.withLock { state in
            defer { state.closed = true }
            return state.running && !state.closed
        }
        guard running else { return }
        work.signal()
        done.wait()
    }

    private func drain() {
        var batch: [UInt8] = []
        while true {
            work.wait()
            // Lines that come together leave together: one write and one wake-up for many answers.
            Thread.sleep(forTimeInterval: Self.gathering)
            let (dropped, closed) = state.withLock { state in
                batch.removeAll(keepingCapacity: batch.capacity <= 1 << 20)
                swap(&batch, &state.waiting)
                defer { state.dropped = 0 }
                return (state.dropped, state.closed)
            }
            if dropped > 0 {
                var line = JSONLine()
                line.add("level", "warning")
                line.add("message", "log lines dropped")
                line.add("count", dropped)
                batch.append(contentsOf: line.finished())
            }
            writeOut(batch)
            if closed {
                done.signal()
                return
            }
        }
    }

    @discardableResult
    private func writeOut(_ batch: [UInt8]) -> Int32 {
        writing.withLock { isCut in
            let lines = isCut ? [UInt8(ascii: "\n")] + batch : batch
            let (error, written) = unsafe lines.withUnsafeBytes { unsafe write($0) }
            if error == 0 {
                isCut = false
            } else if written > 0 {
                isCut = true
            }
            return error
        }
    }

    /// - Returns: the error that ended it, and how many bytes were written by then.
    private func write(_ bytes: UnsafeRawBufferPointer) -> (error: Int32, written: Int) {
        var rest = unsafe bytes[...]
        while unsafe !rest.isEmpty {
            let count = unsafe Foundation.write(
                descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            // Nobody reads any more, or there is no space: there is nowhere to say so.
            guard count > 0 else { return unsafe (count < 0 ? errno : EIO, bytes.count - rest.count) }
            unsafe rest = rest.dropFirst(count)
        }
        return (0, bytes.count)
    }
}
