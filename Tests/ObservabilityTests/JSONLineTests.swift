// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Testing

@testable import Observability

@Suite struct JSONLineTests {
    private func object(_ line: consuming JSONLine) throws -> [String: Any] {
        let bytes = line.finished()
        #expect(bytes.last == UInt8(ascii: "\n"))
        #expect(bytes.dropLast().allSatisfy { $0 >= 0x20 })
        return try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    }

    @Test(
        "a JSON parser reads back any text unchanged",
        arguments: [
            "plain", "quote\" back\\slash", "line\nbreak\r\t", "\u{0}\u{1}\u{1F}\u{7F}\u{9F}", "é漢🙂",
            "\u{2028}\u{2029}", "",
        ])
    func escaping(text: String) throws {
        var line = JSONLine()
        line.add("text", text)
        line.add(dynamic: text.isEmpty ? "empty" : text, "value")
        let read = try object(line)
        #expect(read["text"] as? String == text)
        #expect(read.count == 2)
    }

    @Test("cuts a long value and keeps the line valid JSON")
    func bounded() throws {
        var line = JSONLine()
        line.add("text", String(repeating: "\u{1}", count: 1_000_000))
        let text = try #require(try object(line)["text"] as? String)
        #expect(text.count < JSONLine.valueLimit)
        #expect(text.hasSuffix("…"))
    }

    @Test(
        "writes durations as milliseconds with three decimals",
        arguments: [
            (Duration.microseconds(7), "0.007"), (.milliseconds(12), "12.000"), (.seconds(90), "90000.000"),
            (.microseconds(1_234_567), "1234.567"),
        ])
    func milliseconds(duration: Duration, text: String) {
        var line = JSONLine()
        line.add("t", milliseconds: duration)
        #expect(String(decoding: line.finished(), as: UTF8.self) == "{\"t\":\(text)}\n")
    }

    @Test("formats timestamps as RFC 3339 in UTC with milliseconds")
    func timestamps() {
        #expect(LogTimestamp.format(Date(timeIntervalSince1970: 1_800_000_000.0625)) == "2027-01-15T08:00:00.062Z")
        #expect(LogTimestamp.format(Date(timeIntervalSince1970: -0.5)) == "1969-12-31T23:59:59.500Z")
    }
}

@Suite struct LogSinkTests {
    private func pipe() throws -> (read: FileHandle, write: FileHandle) {
        let pipe = Pipe()
        return (pipe.fileHandleForReading, pipe.fileHandleForWriting)
    }

    @Test("writes every line, whole and in order")
    func order() throws {
        let (read, write) = try pipe()
        let sink = LogSink(descriptor: write.fileDescriptor)
        sink.start()
        for number in 0..<1_000 { sink.write(Array("\(number)\n".utf8)) }
        sink.close()
        try write.close()
        let lines = String(decoding: try read.readToEnd() ?? Data(), as: UTF8.self).split(separator: "\n")
        #expect(lines == (0..<1_000).map { Substring(String($0)) })
    }

    @Test("a log reader that does not read blocks no writer, and a line reports how many lines were dropped")
    func overflow() throws {
        let (read, write) = try pipe()
        let sink = LogSink(descriptor: write.fileDescriptor, limit: 1_000)
        for _ in 0..<100 { sink.write([UInt8](repeating: UInt8(ascii: "x"), count: 99) + [UInt8(ascii: "\n")]) }
        sink.start()
        sink.close()
        try write.close()
        let text = String(decoding: try read.readToEnd() ?? Data(), as: UTF8.self)
        #expect(text.split(separator: "\n").count == 11)
        #expect(text.contains(#""message":"log lines dropped","count":90"#))
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

    @Test("adds prepared members to each line, and an empty list of members changes nothing")
    func members() throws {
        var fixed = JSONLine()
        fixed.add("a", "x\"y")
        fixed.add("b", 2)
        let members = fixed.members()
        for (first, expected) in [
            (true, #"{"n":1,"a":"x\"y","b":2,"z":true}"#), (false, #"{"a":"x\"y","b":2,"z":true}"#),
        ] {
            var line = JSONLine()
            if first { line.add("n", 1) }
            line.add(members: members)
            line.add(members: [])
            line.add("z", true)
            #expect(String(decoding: line.finished(), as: UTF8.self) == expected + "\n")
        }
    }
}
