// SPDX-License-Identifier: Apache-2.0

private import Glibc
import NIOCore
private import Synchronization

/// The file of a listener's unix socket. It replaces the one of a process that has ended, and is removed at the stop.
///
/// The listener binds to another name in the same directory, and the file is renamed when it has its mode. So nobody can
/// connect before, and NIO, which removes the name that it bound to, cannot remove the socket of a later process.
final class UnixSocket: Sendable {
    private struct State {
        /// Locks the directory from the look at the old file until the new one is there, so that two processes that
        /// start at once do not replace each other's socket.
        var lock: CInt?
        /// The file that this process made.
        var file: FileIdentity?
        var error: UnixSocketError?
    }

    /// The time is part of it because file systems give the number of a removed file to the next one.
    private struct FileIdentity: Equatable {
        let device: UInt
        let inode: UInt
        let seconds: Int
        let nanoseconds: Int

        init(_ status: stat) {
            (device, inode) = (UInt(status.st_dev), UInt(status.st_ino))
            (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
        }
    }

    private let path: String
    private let mode: UInt32
    private let state = Mutex(State())

    init(path: String, mode: UInt32) {
        self.path = path
        self.mode = mode
    }

    /// What the listener binds to.
    var bindPath: String { "\(path)~" }

    /// Checks what is there. Call `bound` or `remove` afterwards.
    /// - Throws: if another process listens there, if the file is no socket, or if the directory is not accessible.
    func prepare() async throws(UnixSocketError) {
        for _ in 0..<200 where state.withLock({ $0.lock == nil }) {
            // The lock is held for milliseconds.
            if try lockDirectory() { break }
            try? await Task.sleep(for: .milliseconds(10))
        }
        guard state.withLock({ $0.lock != nil }) else {
            throw UnixSocketError(reason: "another process has locked the directory")
        }
        do throws(UnixSocketError) {
            guard let found = try status(of: path) else { return }
            guard found.st_mode & S_IFMT == S_IFSOCK else {
                throw UnixSocketError(reason: "the file exists and is no socket")
            }
            if try isInUse() { throw UnixSocketError(reason: "another process listens there") }
        } catch {
            unlock()
            throw error
        }
    }

    /// The listener is bound. Closes it if the file cannot get its name; then `check` throws.
    func bound(_ listener: any Channel) {
        defer { unlock() }
        do throws(UnixSocketError) {
            guard unsafe chmod(bindPath, mode) == 0, unsafe rename(bindPath, path) == 0 else {
                throw UnixSocketError(errno)
            }
            let found = try status(of: path)
            state.withLock { $0.file = found.map(FileIdentity.init) }
        } catch {
            state.withLock { $0.error = error }
            listener.close(promise: nil)
        }
    }

    /// Why `bound` closed the listener.
    func check() throws(UnixSocketError) {
        if let error = state.withLock({ $0.error }) { throw error }
    }

    /// Removes the file, unless it is another process's, or another process is about to replace it.
    func remove() {
        defer { unlock() }
        guard let own = state.withLock({ $0.file }), (try? lockDirectory()) == true,
            let found = try? status(of: path), FileIdentity(found) == own
        else { return }
        _ = unsafe unlink(path)
    }

    /// `nil` if there is no file.
    private func status(of path: String) throws(UnixSocketError) -> stat? {
        var found = stat()
        guard unsafe lstat(path, &found) != 0 else { return found }
        guard errno == ENOENT else { throw UnixSocketError(errno) }
        return nil
    }

    /// Whether a process accepts connections. One whose queue is full does too.
    private func isInUse() throws(UnixSocketError) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { throw UnixSocketError(ENAMETOOLONG) }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let descriptor = socket(
            AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw UnixSocketError(errno) }
        defer { close(descriptor) }
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if result == 0 || errno == EAGAIN { return true }
        guard errno == ECONNREFUSED else { throw UnixSocketError(errno) }
        return false
    }

    /// - Returns: `false` if another process has the lock.
    private func lockDirectory() throws(UnixSocketError) -> Bool {
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let descriptor = unsafe open(directory.isEmpty ? "/" : directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw UnixSocketError(errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return false
        }
        state.withLock { $0.lock = descriptor }
        return true
    }

    private func unlock() {
        let descriptor = state.withLock { state in
            defer { state.lock = nil }
            return state.lock
        }
        if let descriptor { close(descriptor) }
    }
}

/// Why a unix socket cannot be used.
struct UnixSocketError: Error {
    let reason: String

    init(reason: String) {
        self.reason = reason
    }

    /// - Parameter code: of the system.
    init(_ code: CInt) {
        reason = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    }
}
