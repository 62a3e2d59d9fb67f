// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Synchronization
import Testing

@testable import Observability

@Suite struct LogSinkTests {
    private func pipe() throws -> (read: FileHandle, write: FileHandle) {
        let pipe = Pipe()
        return (pipe.fileHandleForReading, pipe.fileHandleForWriting)
    }

    private func line(_ text: String) -> [UInt8] { Array("\(text)\n".utf8) }

    @Test("writes every line, whole and in order, whatever its class")
    func order() throws {
        let (read, write) = try pipe()
        let sink = LogSink(descriptor: write.fileDescriptor)
        sink.start()
        for number in 0..<1_000 { sink.write(line("\(number)"), LineClass.allCases[number % 3]) }
        sink.close()
        try write.close()
        let lines = String(decoding: try read.readToEnd() ?? Data(), as: UTF8.self).split(separator: "\n")
        #expect(lines == (0..<1_000).map { Substring(String($0)) })
    }

    @Test("a log reader that does not read blocks no writer, and a line reports how many lines were dropped")
    func overflow() throws {
        let (read, write) = try pipe()
        let sink = LogSink(descriptor: write.fileDescriptor, limits: ByLineClass(log: 1_000, audit: 1_000))
        for _ in 0..<100 { sink.write([UInt8](repeating: UInt8(ascii: "x"), count: 99) + [UInt8(ascii: "\n")]) }
        #expect(sink.lostLines.full == ByLineClass(log: 90) && sink.lostLines.failed.sum == 0)
        sink.start()
        sink.close()
        try write.close()
        let text = String(decoding: try read.readToEnd() ?? Data(), as: UTF8.self)
        #expect(text.split(separator: "\n").count == 11)
        #expect(text.contains(#""message":"log lines dropped","count":90"#))
    }

    @Test("a flood of refusals takes no room from the other audit lines, and a line reports how many are missing")
    func classes() throws {
        let (read, write) = try pipe()
        let limits = ByLineClass(log: 1_000, audit: 1_000, refusal: 100)
        let sink = LogSink(descriptor: write.fileDescriptor, limits: limits)
        for number in 0..<100 {
            sink.write(line("refused"), .refusal)
            sink.write(line("vended \(number % 10)"), .audit)
        }
        #expect(sink.lostLines.full == ByLineClass(refusal: 88))
        sink.start()
        sink.close()
        try write.close()
        let text = String(decoding: try read.readToEnd() ?? Data(), as: UTF8.self)
        #expect(text.split(separator: "\n").count { $0.hasPrefix("vended") } == 100)
        #expect(text.contains(#""message":"audit","event":"refusals not recorded","count":88}"#))
    }

    @Test("a pipe that nobody reads blocks neither `write` nor `writeConfirmed` nor `close`")
    func stuck() async throws {
        let (read, write) = try pipe()
        let time = ManualTimers()
        let events = Mutex<[String]>([])
        let sink = LogSink(
            descriptor: write.fileDescriptor, clock: time.clock,
            report: { event in events.withLock { $0.append("\(event)") } })
        sink.start()
        sink.write([UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20))
        let first = Task { await error(of: sink, "first") }
        await time.timer()
        #expect(sink.isHealthy)
        time.advance(.seconds(2))
        #expect(await first.value == .timedOut)
        #expect(!sink.isHealthy)
        // At once: no timer is necessary.
        #expect(await error(of: sink, "second") == .timedOut)
        #expect(events.withLock { $0 } == ["stalled"])
        sink.close(within: .zero)
        // The reader resumes: the first line arrives late, the second one never.
        let text = try await Task.detached { () throws -> String in
            var text = ""
            while !text.contains("first\n") { text += String(decoding: read.availableData, as: UTF8.self) }
            return text
        }.value
        #expect(!text.contains("second"))
        sink.close()
        #expect(sink.isHealthy)
    }

    @Test("a confirmed line is in the file when `writeConfirmed` returns")
    func confirmed() async throws {
        let (read, write) = try pipe()
        let sink = LogSink(descriptor: write.fileDescriptor)
        sink.start()
        for number in 0..<3 {
            try await sink.writeConfirmed(line("\(number)"), .audit)
            #expect(read.availableData == Data(line("\(number)")))
        }
        sink.close()
        #expect(await error(of: sink, "late") == .closed)
    }

    @Test("lines that a full device rejects are counted, and confirmed lines have the system's error")
    func fullDevice() async throws {
        let device = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        let sink = LogSink(descriptor: device.fileDescriptor)
        sink.start()
        #expect(await error(of: sink, "a") == .failed(ENOSPC))
        #expect("\(LogWriteError.failed(ENOSPC))" == "No space left on device")
        #expect(!sink.isHealthy)
        #expect(sink.lostLines.failed == ByLineClass(audit: 1) && sink.lostLines.full.sum == 0)
        sink.close()
    }

    @Test("after a failed write the sink tries again once a second, and reports the lost lines when writing works")
    func recovery() async throws {
        let time = ManualTimers()
        let works = Mutex(false)
        let attempts = Attempts()
        let events = Mutex<[String]>([])
        let sink = LogSink(clock: time.clock, report: { event in events.withLock { $0.append("\(event)") } }) { bytes in
            attempts.add(String(decoding: bytes, as: UTF8.self))
            return works.withLock { $0 } ? 0 : ENOSPC
        }
        sink.write(line("lost"), .audit)
        sink.start()
        #expect(await attempts.next() == "lost\n")
        await time.timer()
        #expect(!sink.isHealthy)
        time.advance(.seconds(1))
        #expect(await attempts.next().contains(#""event":"lines lost","count":1"#))
        await time.timer()
        works.withLock { $0 = true }
        time.advance(.seconds(1))
        #expect(await attempts.next().contains(#""event":"lines lost","count":1"#))
        sink.close()
        #expect(sink.isHealthy)
        #expect(
            events.withLock { $0 } == [
                "lost(1, No space left on device)", "lost(0, No space left on device)", "recovered",
            ])
    }

    @Test("writes swift-log lines as JSON with their metadata")
    func handler() throws {
        let (read, write) = try pipe()
        let sink = LogSink(descriptor: write.fileDescriptor)
        sink.start()
        var logger = Logger(label: "test") { _ in JSONLogHandler(sink: sink) }
        logger[metadataKey: "a"] = "1"
        logger.warning("careful", metadata: ["b": "two\n", "message": "not this"])
        logger.debug("not written")
        sink.close()
        try write.close()
        let data = try #require(try read.readToEnd())
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: String])
        #expect(object["level"] == "warning")
        #expect(object["message"] == "careful")
        #expect(object["a"] == "1")
        #expect(object["b"] == "two\n")
    }

    @Test("numbers in the metadata are numbers in the line, and other values strings")
    func numbers() throws {
        let (read, write) = try pipe()
        let sink = LogSink(descriptor: write.fileDescriptor)
        sink.start()
        let logger = Logger(label: "test") { _ in JSONLogHandler(sink: sink, logLevel: .warning) }
        logger.info("not written")
        logger.warning(
            "w",
            metadata: [
                "whole": .stringConvertible(-7), "half": .stringConvertible(0.5),
                "none": .stringConvertible(Double.nan),
                "text": "7",
            ])
        sink.close()
        try write.close()
        let text = String(decoding: try #require(try read.readToEnd()), as: UTF8.self)
        #expect(text.hasSuffix(#""message":"w","half":0.5,"none":"nan","text":"7","whole":-7}"# + "\n"))
    }

    @Test("renders each line, also the one that reports lost lines")
    func rendering() throws {
        let (read, write) = try pipe()
        let sink = LogSink(
            descriptor: write.fileDescriptor, limits: ByLineClass(log: 120),
            render: { line in Array("<".utf8) + TextLine().render(line) })
        for number in 0..<20 {
            var line = JSONLine()
            line.add("time", "t")
            line.add("level", "info")
            line.add("message", "line \(number)")
            sink.write(line.finished())
        }
        sink.start()
        sink.close()
        try write.close()
        let lines = String(decoding: try #require(try read.readToEnd()), as: UTF8.self).split(separator: "\n")
        #expect(lines.first == "<t INFO    line 0")
        #expect(lines.allSatisfy { $0.hasPrefix("<") })
        #expect(lines.contains { $0.contains(" WARNING log lines dropped count=") })
    }

    /// The error of a confirmed line.
    private func error(of sink: LogSink, _ text: String) async -> LogWriteError? {
        do throws(LogWriteError) {
            try await sink.writeConfirmed(line(text), .audit)
            return nil
        } catch {
            return error
        }
    }
}

/// What a sink writes, batch by batch.
private final class Attempts: Sendable {
    private let stream: AsyncStream<String>
    private let continuation: AsyncStream<String>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    func add(_ text: String) { continuation.yield(text) }

    func next() async -> String { await stream.first { _ in true } ?? "" }
}

/// A clock whose timers fire when a test advances it.
private final class ManualTimers: Sendable {
    private struct State {
        var now = Duration.zero
        var timers: [(at: Duration, body: @Sendable () -> Void)] = []
    }

    private let state = Mutex(State())
    private let added: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (added, continuation) = AsyncStream.makeStream()
    }

    var clock: SinkClock {
        SinkClock(
            now: { [self] in state.withLock { $0.now } },
            after: { [self] delay, body in
                state.withLock { $0.timers.append(($0.now + delay, body)) }
                continuation.yield()
            })
    }

    /// Waits for the next timer to be set.
    func timer() async { _ = await added.first { _ in true } }

    func advance(_ time: Duration) {
        let due = state.withLock { state in
            state.now += time
            let due = state.timers.filter { $0.at <= state.now }
            state.timers.removeAll { $0.at <= state.now }
            return due
        }
        for timer in due { timer.body() }
    }
}
