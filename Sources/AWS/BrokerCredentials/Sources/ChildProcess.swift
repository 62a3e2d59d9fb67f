// SPDX-License-Identifier: Apache-2.0

private import CProcess
private import Glibc

/// Runs a program to its end without a shell, with an empty standard input and a discarded standard error.
///
/// The program leads its own process group, so that Purser can kill it together with its child processes.
struct ChildProcess {
    private let id: pid_t
    private let output: Int32
    private let end: ContinuousClock.Instant

    /// The program's standard output. Blocks until the program has exited.
    /// - Parameter limit: maximum size of the output, in bytes.
    static func run(
        _ command: [String], environment: [String: String], deadline: Duration, limit: Int
    ) throws(ChildProcessError) -> [UInt8] {
        let child = try ChildProcess(command, environment, end: .now + deadline)
        defer { close(child.output) }
        let bytes: [UInt8]
        do throws(ChildProcessError) {
            bytes = try child.read(limit: limit)
            try child.waitForExit()
        } catch {
            if case .failed = error { throw error }
            child.kill()
            throw error
        }
        return bytes
    }

    private init(_ command: [String], _ environment: [String: String], end: ContinuousClock.Instant)
        throws(ChildProcessError)
    {
        var pipe: [Int32] = [-1, -1]
        guard unsafe Glibc.pipe(&pipe) == 0 else { throw .notStarted(errno) }
        let (readEnd, writeEnd) = (pipe[0], pipe[1])
        // Programs that other threads start meanwhile must not inherit the pipe.
        for descriptor in pipe { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        defer { close(writeEnd) }
        var id: pid_t = 0
        let code = Self.spawn(&id, command, environment, standardOutput: writeEnd)
        guard code == 0 else {
            close(readEnd)
            throw .notStarted(code)
        }
        (self.id, output, self.end) = (id, readEnd, end)
    }

    private static func spawn(
        _ id: inout pid_t, _ command: [String], _ environment: [String: String], standardOutput: Int32
    ) -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        // This comes first, because the pipe's descriptor may be 0 or 2.
        unsafe posix_spawn_file_actions_adddup2(&actions, standardOutput, STDOUT_FILENO)
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        // Some may be without `FD_CLOEXEC`, because Purser was started with them.
        unsafe purser_spawn_close_from(&actions, STDERR_FILENO + 1)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // Purser ignores some signals, and the program must not inherit that.
        var defaults = sigset_t()
        unsafe sigfillset(&defaults)
        unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
        var mask = sigset_t()
        unsafe sigemptyset(&mask)
        unsafe posix_spawnattr_setsigmask(&attributes, &mask)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        var arguments = unsafe command.map { unsafe strdup($0) } + [nil]
        var variables = unsafe environment.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
        defer { unsafe (arguments + variables).forEach { unsafe free($0) } }
        return unsafe posix_spawnp(&id, command[0], &actions, &attributes, &arguments, &variables)
    }

    private func read(limit: Int) throws(ChildProcessError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let left = ContinuousClock.now.duration(to: end)
            guard left > .zero else { throw .timedOut }
            var waiting = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&waiting, 1, Int32(left / .milliseconds(1)) + 1) > 0 else { continue }
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(output, $0.baseAddress, $0.count) }
            if count == 0 { return bytes }
            if count > 0 { bytes += buffer.prefix(count) }
            guard bytes.count <= limit else { throw .tooLong }
        }
    }

    /// The program has closed its standard output, so it should exit soon.
    private func waitForExit() throws(ChildProcessError) {
        var status: Int32 = 0
        while true {
            let ended = unsafe waitpid(id, &status, WNOHANG)
            if ended == id { break }
            // ECHILD: the process ignores SIGCHLD, so the kernel has discarded the exit code. Nobody knows it.
            guard ended == 0 || errno == EINTR else { throw .failed(nil) }
            guard ContinuousClock.now < end else { throw .timedOut }
            usleep(1_000)
        }
        // WIFEXITED and WEXITSTATUS of wait(2).
        guard status & 0x7F == 0 else { throw .failed(nil) }
        guard status == 0 else { throw .failed((status >> 8) & 0xFF) }
    }

    private func kill() {
        _ = Glibc.kill(-id, SIGKILL)
        var status: Int32 = 0
        _ = unsafe waitpid(id, &status, 0)
    }
}

enum ChildProcessError: Error, Hashable {
    /// With `errno` of `pipe` or `posix_spawnp`.
    case notStarted(Int32)
    case timedOut
    /// The standard output exceeds the limit.
    case tooLong
    /// The exit code, if it is not 0; `nil` if a signal ended the program.
    case failed(Int32?)
}
