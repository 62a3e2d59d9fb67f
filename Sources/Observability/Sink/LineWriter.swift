// SPDX-License-Identifier: Apache-2.0

private import Foundation
private import Synchronization

/// Writes lines to a file descriptor. Blocks while the descriptor takes no more.
final class LineWriter: Sendable {
    private let descriptor: Int32
    /// Held during a write, so that lines never mix. The value is whether the last line was cut short.
    private let isCut = Mutex(false)

    /// - Parameter descriptor: stays open.
    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Writes whole lines. If the last write cut a line short, a line end comes first.
    /// - Returns: 0, or the error (`errno`) that kept some of them from being written.
    func write(_ batch: [UInt8]) -> Int32 {
        isCut.withLock { isCut in
            let lines = isCut ? [UInt8(ascii: "\n")] + batch : batch
            let (error, written) = unsafe lines.withUnsafeBytes { unsafe write($0) }
            if written > 0 { isCut = lines[written - 1] != UInt8(ascii: "\n") }
            return error
        }
    }

    /// - Returns: 0 or the error (`errno`), and the number of bytes written before it.
    private func write(_ bytes: UnsafeRawBufferPointer) -> (error: Int32, written: Int) {
        var rest = unsafe bytes[...]
        while unsafe !rest.isEmpty {
            let count = unsafe Foundation.write(
                descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            let code = count < 0 ? errno : EIO
            if count < 0, code == EINTR { continue }
            // Another process may have made the descriptor, which it shares, non-blocking.
            if count < 0, code == EAGAIN, waitUntilWritable() { continue }
            guard count > 0 else { return unsafe (code, bytes.count - rest.count) }
            unsafe rest = rest.dropFirst(count)
        }
        return (0, bytes.count)
    }

    private func waitUntilWritable() -> Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return unsafe poll(&waiting, 1, -1) >= 0 || errno == EINTR
    }
}
