// SPDX-License-Identifier: Apache-2.0

private import Foundation
private import Synchronization

/// A bounded buffer of log lines, which a dedicated thread writes to a file descriptor.
///
/// `write` never waits for the log reader. While the buffer is full, lines are dropped; a later line reports how many.
package final class LogSink: Sendable {
    private struct State {
        var waiting: [UInt8] = []
        var dropped = 0
        var closed = false
        var running = false
    }

    /// In seconds: how long the thread waits for more lines before it writes.
    private static let gathering = 0.005

    private let descriptor: Int32
    private let limit: Int
    private let state = Mutex(State())
    /// Held during a write, so that lines never mix. The value is whether the last line was cut short.
    private let writing = Mutex(false)
    private let work = DispatchSemaphore(value: 0)
    private let done = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - descriptor: an open file descriptor; stays open.
    ///   - limit: maximum size of the buffer, in bytes.
    package init(descriptor: Int32, limit: Int = 8 << 20) {
        self.descriptor = descriptor
        self.limit = limit
    }

    /// Starts the writing thread. Earlier lines stay in the buffer until then.
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

    /// Writes the buffered lines and ends the thread. Later lines are dropped.
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
            // Batch the lines: one write and one wake-up for many requests.
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

    /// - Returns: 0 or the error (`errno`), and the number of bytes written before it.
    private func write(_ bytes: UnsafeRawBufferPointer) -> (error: Int32, written: Int) {
        var rest = unsafe bytes[...]
        while unsafe !rest.isEmpty {
            let count = unsafe Foundation.write(
                descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            // The reader is gone or the disk is full: there is nowhere to report it.
            guard count > 0 else { return unsafe (count < 0 ? errno : EIO, bytes.count - rest.count) }
            unsafe rest = rest.dropFirst(count)
        }
        return (0, bytes.count)
    }
}
