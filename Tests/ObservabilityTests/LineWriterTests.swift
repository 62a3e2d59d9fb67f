// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Observability

@Suite struct LineWriterTests {
    private func line(_ text: String) -> [UInt8] { Array("\(text)\n".utf8) }

    @Test("a device without space has its error, and takes nothing")
    func full() throws {
        let device = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        let writer = LineWriter(descriptor: device.fileDescriptor)
        for _ in 0..<2 { #expect(writer.write(line("a")) == ENOSPC) }
    }

    @Test("a reader that is gone has its error")
    func gone() throws {
        _ = signal(SIGPIPE, SIG_IGN)
        let pipe = Pipe()
        try pipe.fileHandleForReading.close()
        #expect(LineWriter(descriptor: pipe.fileHandleForWriting.fileDescriptor).write(line("a")) == EPIPE)
    }

    @Test("a pipe that another process made non-blocking has no lost lines")
    func nonBlocking() async throws {
        let pipe = Pipe()
        let (read, write) = (pipe.fileHandleForReading, pipe.fileHandleForWriting)
        let flags = fcntl(write.fileDescriptor, F_GETFL)
        _ = fcntl(write.fileDescriptor, F_SETFL, flags | O_NONBLOCK)
        let size = 1 << 20
        let reading = Task.detached { () -> Int in
            var count = 0
            while count < size { count += read.availableData.count }
            return count
        }
        let writer = LineWriter(descriptor: write.fileDescriptor)
        let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: size)
        #expect(await Task.detached { writer.write(bytes) }.value == 0)
        #expect(await reading.value == size)
    }

    @Test("the line after one that was cut short begins on a line of its own")
    func cut() async throws {
        await #expect(processExitsWith: .success) {
            // Only this process gets the limit: a file of at most 6 bytes.
            let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
            let file = unsafe open(path, O_RDWR | O_CREAT | O_APPEND, 0o600)
            unsafe unlink(path)
            _ = signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 6, rlim_max: rlim_t.max)
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let writer = LineWriter(descriptor: file)
            #expect(writer.write(Array("abc\ndefg\n".utf8)) == EFBIG)
            limit.rlim_cur = limit.rlim_max
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            #expect(writer.write(Array("h\n".utf8)) == 0)
            var text = [UInt8](repeating: 0, count: 100)
            let count = unsafe pread(file, &text, 100, 0)
            #expect(String(decoding: text.prefix(count), as: UTF8.self) == "abc\nde\nh\n")
        }
    }
}
