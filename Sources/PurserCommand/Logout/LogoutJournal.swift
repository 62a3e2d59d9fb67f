// SPDX-License-Identifier: Apache-2.0

import BrokerConfiguration
import Foundation
import Glibc
import Logging
import Synchronization
import Vending

/// Appends logouts to their file, and replaces the file by a shorter one when most of its lines are out of date. All
/// file operations run on one queue of their own, because disks can block.
///
/// One process owns the file: it holds a lock on a second file beside it.
final class LogoutJournal: LogoutStore {
    /// Records that wait for the disk.
    private static let queueLimit = 256
    private static let deadline = Duration.seconds(5)
    /// Lines beyond twice the number of logouts after which the file is written anew.
    private static let slack = 1_000

    /// Confined to the queue.
    private final class Output: @unchecked Sendable {
        var descriptor: Int32
        var lines: Int
        /// Bytes of complete lines.
        var length: off_t
        private var lock: Int32

        init(descriptor: Int32, lines: Int, length: off_t, lock: Int32) {
            (self.descriptor, self.lines, self.length, self.lock) = (descriptor, lines, length, lock)
        }

        var isClosed: Bool { lock < 0 }

        func close() {
            guard !isClosed else { return }
            Glibc.close(descriptor)
            Glibc.close(lock)
            (descriptor, lock) = (-1, -1)
        }

        deinit { close() }
    }

    let list: LogoutList
    private let file: LogoutFile
    private let output: Output
    private let logger: Logger
    private let queue = DispatchQueue(label: "purser.logouts", qos: .utility)
    private let waiting = Atomic(0)

    /// Locks and opens the file, and writes it anew with the logouts that still matter.
    /// - Parameters:
    ///   - from: in seconds since 1970; older logouts are left out.
    static func open(
        _ settings: LogoutSettings, from time: Int, logger: Logger
    ) throws -> LogoutJournal {
        let path = settings.file.url.path
        let lock = unsafe Glibc.open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else {
            throw CommandError(
                description: "logouts.file: \(path).lock can't be opened: \(errorText(errno)); "
                    + "expected a directory that Purser may write to")
        }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            Glibc.close(lock)
            throw CommandError(
                description: "logouts.file: \(path) is in use by another process; expected a file for each process")
        }
        do {
            let records = try settings.file.read().filter { $0.issuedAt >= time }
            guard records.count <= settings.entries else {
                throw CommandError(
                    description: "logouts.file: \(path) has \(records.count) logouts; expected at most "
                        + "logouts.entries, which is \(settings.entries)")
            }
            let (descriptor, length) = try Self.rewrite(settings.file, records)
            let list = LogoutList(records, capacity: settings.entries)
            let output = Output(descriptor: descriptor, lines: records.count, length: length, lock: lock)
            return LogoutJournal(settings.file, list, output, logger)
        } catch {
            Glibc.close(lock)
            throw error
        }
    }

    private init(_ file: LogoutFile, _ list: LogoutList, _ output: Output, _ logger: Logger) {
        (self.file, self.list, self.output, self.logger) = (file, list, output, logger)
    }

    func store(_ record: LogoutRecord) async throws(LogoutError) {
        guard waiting.add(1, ordering: .relaxed).newValue <= Self.queueLimit else {
            waiting.subtract(1, ordering: .relaxed)
            throw .invalid(.notStored, "\(Self.queueLimit) logouts wait for the disk")
        }
        let problem = await withCheckedContinuation { continuation in
            let once = Once(continuation)
            let late = Task {
                do { try await Task.sleep(for: Self.deadline) } catch { return }
                once.resume("the disk did not respond within \(Self.deadline / .seconds(1)) s")
            }
            queue.async { [self] in
                defer { waiting.subtract(1, ordering: .relaxed) }
                let problem = write(record)
                once.resume(problem)
                late.cancel()
            }
        }
        guard let problem else { return }
        logger.error("logout not stored", metadata: ["detail": "\(problem)"])
        throw .invalid(.notStored, problem)
    }

    /// Releases the file, after the records that wait.
    func close() async {
        await withCheckedContinuation { continuation in
            queue.async { [output] in
                output.close()
                continuation.resume()
            }
        }
    }

    /// - Returns: what went wrong.
    private func write(_ record: LogoutRecord) -> String? {
        guard !output.isClosed else { return "\(file.url.path) is closed" }
        var status = stat()
        let isLinked = unsafe fstat(output.descriptor, &status) == 0 && status.st_nlink > 0
        if !isLinked || output.lines >= 2 * list.count + Self.slack {
            do {
                let records = list.records
                let (descriptor, length) = try Self.rewrite(file, records)
                Glibc.close(output.descriptor)
                (output.descriptor, output.length, output.lines) = (descriptor, length, records.count)
            } catch {
                return "\(error)"
            }
            // The list already has the record.
            return nil
        }
        let line = Array(LogoutFile.line(of: record).utf8)
        guard Self.writeAll(line, to: output.descriptor), fsync(output.descriptor) == 0 else {
            let problem = errorText(errno)
            // Half a line must not be followed by another one.
            _ = ftruncate(output.descriptor, output.length)
            return "\(file.url.path): \(problem)"
        }
        output.length += off_t(line.count)
        output.lines += 1
        return nil
    }

    /// Replaces the file at once: a crash leaves either the old one or the new one.
    private static func rewrite(
        _ file: LogoutFile, _ records: [LogoutRecord]
    ) throws(CommandError) -> (descriptor: Int32, length: off_t) {
        let (path, temporary) = (file.url.path, file.url.path + ".new")
        func failed() -> CommandError {
            CommandError(
                description: "logouts.file: \(path) can't be written: \(errorText(errno)); "
                    + "expected a file in a directory that Purser may write to")
        }
        let descriptor = unsafe Glibc.open(
            temporary, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failed() }
        let bytes = Array((file.header + records.map(LogoutFile.line).joined()).utf8)
        guard writeAll(bytes, to: descriptor), fsync(descriptor) == 0, unsafe rename(temporary, path) == 0 else {
            let error = failed()
            Glibc.close(descriptor)
            throw error
        }
        let directory = unsafe Glibc.open(
            file.url.deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if directory >= 0 {
            fsync(directory)
            Glibc.close(directory)
        }
        return (descriptor, off_t(bytes.count))
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Resumes a continuation with the first of several results.
    private final class Once: Sendable {
        private let continuation: Mutex<CheckedContinuation<String?, Never>?>

        init(_ continuation: CheckedContinuation<String?, Never>) {
            self.continuation = Mutex(continuation)
        }

        func resume(_ problem: String?) {
            let continuation = continuation.withLock { continuation in
                defer { continuation = nil }
                return continuation
            }
            continuation?.resume(returning: problem)
        }
    }
}
