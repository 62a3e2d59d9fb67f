// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing

@testable import AWS

/// What a child process gets of Purser, and how it ends, whatever it starts itself.
@Suite struct ChildProcessTests {
    private static let environment = ["PATH": "/usr/bin:/bin"]

    /// What a script of the shell writes.
    private func output(
        _ script: String, environment: [String: String] = environment, deadline: Duration = .seconds(20),
        limit: Int = 65_536
    ) throws(ChildProcessError) -> String {
        let bytes = try ChildProcess.run(
            ["/bin/sh", "-c", script], environment: environment, deadline: deadline, limit: limit)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func error(
        _ words: [String], deadline: Duration = .seconds(20), limit: Int = 65_536
    ) -> ChildProcessError? {
        do throws(ChildProcessError) {
            _ = try ChildProcess.run(words, environment: Self.environment, deadline: deadline, limit: limit)
            return nil
        } catch {
            return error
        }
    }

    /// How many processes have `text` among their arguments, not counting those that only wait to be reaped.
    private func running(_ text: String) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { UInt32($0) != nil }.filter { process in
            let (line, state) = (contents("/proc/\(process)/cmdline"), contents("/proc/\(process)/stat"))
            return line.contains(text) && !state.contains(") Z ")
        }.count
    }

    /// Whether all of them end. A signal takes its time to end a process, even SIGKILL.
    private func ends(_ text: String) throws -> Bool {
        let limit = ContinuousClock.now + .seconds(10)
        while try running(text) > 0 {
            guard ContinuousClock.now < limit else { return false }
            sched_yield()
        }
        return true
    }

    private func contents(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }

    /// An argument of `sleep` that no other process has.
    private func uniqueSleep() -> String { "300.\(getpid())\(UInt32.random(in: 0 ... .max))" }

    @Test("a program whose exit code is unknown, since this process ignores SIGCHLD, has failed")
    func unknownExitCode() async {
        await #expect(processExitsWith: .success) {
            signal(SIGCHLD, SIG_IGN)
            #expect(throws: ChildProcessError.failed(nil)) {
                try ChildProcess.run(
                    ["/bin/sh", "-c", "exit 7"], environment: [:], deadline: .seconds(20), limit: 10)
            }
        }
    }

    @Test("a grandchild that holds the output open after the program has ended is killed at the deadline")
    func grandchild() throws {
        let sleep = uniqueSleep()
        #expect(error(["/bin/sh", "-c", "sleep \(sleep) & echo early"], deadline: .milliseconds(300)) == .timedOut)
        #expect(try ends(sleep))
    }

    @Test("what a grandchild writes after the program has ended is part of the output")
    func lateOutput() throws {
        let script = """
            leader=$$
            (until grep -q ") Z " /proc/$leader/stat; do :; done; echo late) &
            echo early
            """
        #expect(try output(script) == "early\nlate\n")
    }

    @Test("too much output kills the program and what it started")
    func tooMuch() throws {
        let sleep = uniqueSleep()
        #expect(error(["/bin/sh", "-c", "sleep \(sleep) & exec yes"]) == .tooLong)
        #expect(try ends(sleep))
    }

    @Test("output of exactly the limit is returned, and one byte more is too much")
    func limit() throws {
        #expect(try output("head -c 5000 /dev/zero", limit: 5_000).utf8.count == 5_000)
        #expect(error(["head", "-c", "5001", "/dev/zero"], limit: 5_000) == .tooLong)
    }

    @Test("the program leads a process group of its own")
    func group() throws {
        let fields = try output("cut -d ' ' -f 1,5 /proc/$$/stat").split(whereSeparator: \.isWhitespace)
        #expect(fields.count == 2 && fields.first == fields.last)
        #expect(fields.last.map(String.init) != "\(getpgrp())")
    }

    @Test("signals that Purser ignores or blocks are neither ignored nor blocked in the program")
    func signals() throws {
        // Ignored in this process for good, as a server does it.
        _ = signal(SIGPIPE, SIG_IGN)
        var (blocked, before) = (sigset_t(), sigset_t())
        unsafe sigemptyset(&blocked)
        unsafe sigaddset(&blocked, SIGUSR2)
        unsafe pthread_sigmask(SIG_BLOCK, &blocked, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        func mask(_ name: String, _ status: String) -> UInt64? {
            let line = status.split(separator: "\n").first { $0.hasPrefix("\(name):") }
            return line?.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) }
        }
        let own = contents("/proc/thread-self/status")
        #expect(try #require(mask("SigIgn", own)) & 1 << (SIGPIPE - 1) != 0)
        #expect(try #require(mask("SigBlk", own)) & 1 << (SIGUSR2 - 1) != 0)
        // Without a shell, which might set its own.
        let status = String(
            decoding: try ChildProcess.run(
                ["cat", "/proc/self/status"], environment: Self.environment, deadline: .seconds(20), limit: 65_536),
            as: UTF8.self)
        #expect(try #require(mask("SigIgn", status)) & 1 << (SIGPIPE - 1) == 0)
        #expect(mask("SigBlk", status) == 0)
    }

    @Test("open files of Purser's that lack close-on-exec are not inherited")
    func files() throws {
        let file = unsafe open("/etc/passwd", O_RDONLY)
        try #require(file > 2)
        defer { close(file) }
        // `ls` itself has the directory open.
        let open = try output("ls /proc/self/fd")
        #expect(open == "0\n1\n2\n3\n")
    }

    @Test("standard input is empty, and standard error is discarded")
    func streams() throws {
        #expect(
            try output("cat; readlink /proc/self/fd/0 /proc/self/fd/2; echo secret >&2") == "/dev/null\n/dev/null\n")
    }

    @Test("the program has exactly the variables that are given, whatever their names")
    func variables() throws {
        let bytes = try ChildProcess.run(
            ["/usr/bin/env"], environment: ["1PASSWORD": "one", "a b": "=", "É": "é"], deadline: .seconds(20),
            limit: 65_536)
        #expect(
            String(decoding: bytes, as: UTF8.self).split(separator: "\n").sorted() == ["1PASSWORD=one", "a b==", "É=é"])
    }

    @Test("no shell reads the words: the first is the program, the others are its arguments as they are")
    func noShell() throws {
        let bytes = try ChildProcess.run(
            ["printf", "%s|", "$HOME", "*", "`id`", "a;b", "a b", ""], environment: Self.environment,
            deadline: .seconds(20), limit: 65_536)
        #expect(String(decoding: bytes, as: UTF8.self) == "$HOME|*|`id`|a;b|a b||")
    }

    @Test("a program that can't be started has the system's reason")
    func notStarted() {
        #expect(error(["/nowhere/at/all"]) == .notStarted(ENOENT))
        #expect(error(["no-such-program-anywhere"]) == .notStarted(ENOENT))
        #expect(error(["/etc/passwd"]) == .notStarted(EACCES))
    }

    @Test("an exit code but 0 and a signal are failures, whatever the program wrote")
    func failures() {
        #expect(error(["/bin/sh", "-c", "echo fine; exit 7"]) == .failed(7))
        #expect(error(["/bin/sh", "-c", "echo fine; kill -9 $$"]) == .failed(nil))
    }
}
