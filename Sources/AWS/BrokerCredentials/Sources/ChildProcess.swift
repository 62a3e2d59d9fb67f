private import Glibc

/// A program run to its end without a shell: nothing on its standard input, its standard error thrown away.
///
/// It leads a process group of its own, so that its end can be brought about together with whatever it started.
struct ChildProcess {
    private let id: pid_t
    private let output: Int32
    private let end: ContinuousClock.Instant

    /// What it writes on standard output. Waits for its end.
    /// - Parameter limit: bytes of output.
    static func run(
        _ words: [String], environment: [String: String], deadline: Duration, limit: Int
    ) throws(ChildProcessError) -> [UInt8] {
        let child = try ChildProcess(words, environment, end: .now + deadline)
        defer { close(child.output) }
        let bytes: [UInt8]
        do throws(ChildProcessError) {
            bytes = try child.read(limit: limit)
            try child.await()
        } catch {
            if case .failed = error { throw error }
            child.kill()
            throw error
        }
        return bytes
    }

    private init(_ words: [String], _ environment: [String: String], end: ContinuousClock.Instant)
        throws(ChildProcessError)
    {
        var pipe: [Int32] = [-1, -1]
        guard unsafe Glibc.pipe(&pipe) == 0 else { throw .notStarted(errno) }
        let (readEnd, writeEnd) = (pipe[0], pipe[1])
        // For programs that others start meanwhile.
        for descriptor in pipe { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        defer { close(writeEnd) }
        var id: pid_t = 0
        let code = Self.spawn(&id, words, environment, standardOutput: writeEnd)
        guard code == 0 else {
            close(readEnd)
            throw .notStarted(code)
        }
        (self.id, output, self.end) = (id, readEnd, end)
    }

    private static func spawn(
        _ id: inout pid_t, _ words: [String], _ environment: [String: String], standardOutput: Int32
    ) -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        // First of all, in case the pipe's own number is 0 or 2.
        unsafe posix_spawn_file_actions_adddup2(&actions, standardOutput, STDOUT_FILENO)
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        for descriptor in openDescriptors() where descriptor > STDERR_FILENO {
            unsafe posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // Purser ignores some signals, and a program is not to inherit that.
        var defaults = sigset_t()
        unsafe sigfillset(&defaults)
        unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
        var mask = sigset_t()
        unsafe sigemptyset(&mask)
        unsafe posix_spawnattr_setsigmask(&attributes, &mask)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        var variables = unsafe environment.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
        defer { unsafe (arguments + variables).forEach { unsafe free($0) } }
        return unsafe posix_spawnp(&id, words[0], &actions, &attributes, &arguments, &variables)
    }

    /// What would otherwise be handed on of what Purser itself was started with.
    private static func openDescriptors() -> [Int32] {
        guard let directory = unsafe opendir("/proc/self/fd") else { return [] }
        defer { unsafe closedir(directory) }
        var found: [Int32] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe String(cString: UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self))
            }
            if let number = Int32(name) { found.append(number) }
        }
        return found
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

    /// It has closed its output, so it ends any moment.
    private func await() throws(ChildProcessError) {
        var status: Int32 = 0
        while unsafe waitpid(id, &status, WNOHANG) == 0 {
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
    /// `errno` of the start.
    case notStarted(Int32)
    case timedOut
    /// More on standard output than allowed.
    case tooLong
    /// Another exit code than 0; `nil` where a signal ended it.
    case failed(Int32?)
}
