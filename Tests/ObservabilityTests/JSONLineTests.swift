// SPDX-License-Identifier: Apache-2.0

import Foundation
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
        line.add("t", milliseconds: Int(duration / .nanoseconds(1)))
        #expect(String(decoding: line.finished(), as: UTF8.self) == "{\"t\":\(text)}\n")
    }

    @Test("formats timestamps as RFC 3339 in UTC with milliseconds")
    func timestamps() {
        #expect(LogTimestamp.format(Date(timeIntervalSince1970: 1_800_000_000.0625)) == "2027-01-15T08:00:00.062Z")
        #expect(LogTimestamp.format(Date(timeIntervalSince1970: -0.5)) == "1969-12-31T23:59:59.500Z")
    }

    @Test("adds an object of numbers with escaped names")
    func counts() throws {
        var line = JSONLine()
        line.add("a", 1)
        line.add("by", counts: [("x\"", 2), ("y", 3)])
        line.add("none", counts: [])
        #expect(String(decoding: line.finished(), as: UTF8.self) == #"{"a":1,"by":{"x\"":2,"y":3},"none":{}}"# + "\n")
    }
}
