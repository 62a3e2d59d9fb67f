// SPDX-License-Identifier: Apache-2.0

package import FoundationEssentials

/// One JSON object on one line, built byte by byte (RFC 8259).
///
/// Names are literals in the source and are not escaped. Values are escaped and cut at `valueLimit`, because some come
/// from requests.
package struct JSONLine: Sendable {
    /// Maximum length of an escaped string value, in bytes; the rest is cut off.
    package static let valueLimit = 512

    package private(set) var bytes: [UInt8]

    package init() {
        bytes = []
        bytes.reserveCapacity(320)
        bytes.append(UInt8(ascii: "{"))
    }

    package mutating func add(_ name: StaticString, _ value: String) {
        begin(name)
        bytes.append(UInt8(ascii: "\""))
        append(escaped: value)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Does not cut the value. Only for values that are useless when cut and have a bounded length.
    package mutating func add(_ name: StaticString, whole value: String) {
        begin(name)
        bytes.append(UInt8(ascii: "\""))
        append(escaped: value, limit: .max)
        bytes.append(UInt8(ascii: "\""))
    }

    package mutating func add(_ name: StaticString, _ value: Int) {
        begin(name)
        append(value)
    }

    /// RFC 3339 in UTC with milliseconds.
    package mutating func add(_ name: StaticString, time: Date) {
        begin(name)
        bytes.append(UInt8(ascii: "\""))
        LogTimestamp.append(time, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    package mutating func add(_ name: StaticString, _ value: Bool) {
        begin(name)
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// An object of numbers. The names are escaped.
    package mutating func add(_ name: StaticString, counts: [(name: String, count: Int)]) {
        var object = JSONLine()
        for (name, count) in counts {
            if object.bytes.count > 1 { object.bytes.append(UInt8(ascii: ",")) }
            object.bytes.append(UInt8(ascii: "\""))
            object.append(escaped: name)
            object.bytes.append(contentsOf: "\":\(count)".utf8)
        }
        begin(name)
        bytes.append(contentsOf: object.bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    /// Milliseconds with three decimals.
    /// - Parameter value: in nanoseconds.
    package mutating func add(_ name: StaticString, milliseconds value: Int) {
        begin(name)
        let microseconds = value / 1_000
        append(microseconds / 1_000)
        bytes.append(UInt8(ascii: "."))
        let rest = microseconds % 1_000
        if rest < 100 { bytes.append(UInt8(ascii: "0")) }
        if rest < 10 { bytes.append(UInt8(ascii: "0")) }
        append(rest)
    }

    private mutating func append(_ value: Int) {
        // Most numbers are short, and need no string.
        guard (0..<1_000).contains(value) else { return bytes.append(contentsOf: String(value).utf8) }
        if value >= 100 { bytes.append(UInt8(0x30 + value / 100)) }
        if value >= 10 { bytes.append(UInt8(0x30 + value / 10 % 10)) }
        bytes.append(UInt8(0x30 + value % 10))
    }

    /// What a `LineSampler` has omitted: `count` and `byReason`.
    package mutating func add(omitted: [(name: String, count: Int)]) {
        add("count", omitted.reduce(0) { $0 + $1.count })
        add("byReason", counts: omitted)
    }

    /// A ratio, in the shortest form.
    package mutating func add(_ name: StaticString, ratio value: Double) {
        begin(name)
        bytes.append(contentsOf: "\(value)".utf8)
    }

    /// For names that are not literals, such as those of log metadata. The name is escaped.
    package mutating func add(dynamic name: String, number value: some LosslessStringConvertible & Numeric) {
        begin(dynamic: name)
        bytes.append(contentsOf: "\(value)".utf8)
    }

    /// As above.
    package mutating func add(dynamic name: String, _ value: String) {
        begin(dynamic: name)
        bytes.append(UInt8(ascii: "\""))
        append(escaped: value)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Ends the object and the line.
    package consuming func finished() -> [UInt8] {
        bytes.append(contentsOf: "}\n".utf8)
        return bytes
    }

    private mutating func begin(dynamic name: String) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        bytes.append(UInt8(ascii: "\""))
        append(escaped: name)
        bytes.append(contentsOf: "\":".utf8)
    }

    private mutating func begin(_ name: StaticString) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    /// Whether a byte of UTF-8 is a character of its own that JSON needs not escape.
    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// Whether a terminal does not show the character, but may do something else, such as end the line or turn the
    /// direction of the text.
    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    private mutating func append(escaped value: String, limit: Int = valueLimit) {
        var value = value
        let isPlain = value.withUTF8 { text in
            guard text.count <= limit, unsafe text.allSatisfy(Self.isPlain) else { return false }
            unsafe bytes.append(contentsOf: text)
            return true
        }
        guard !isPlain else { return }
        var written = 0
        for scalar in value.unicodeScalars {
            guard written < limit else {
                bytes.append(contentsOf: "…".utf8)
                return
            }
            let before = bytes.count
            switch scalar {
            case "\"": bytes.append(contentsOf: "\\\"".utf8)
            case "\\": bytes.append(contentsOf: "\\\\".utf8)
            case "\n": bytes.append(contentsOf: "\\n".utf8)
            case "\u{20}"..."\u{7E}": bytes.append(UInt8(scalar.value))
            case _ where Self.isInvisible(scalar):
                for unit in String(scalar).utf16 {
                    let hex = String(unit, radix: 16)
                    bytes.append(contentsOf: "\\u".utf8)
                    bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 4 - hex.utf8.count))
                    bytes.append(contentsOf: hex.utf8)
                }
            default: bytes.append(contentsOf: String(scalar).utf8)
            }
            written += bytes.count - before
        }
    }
}
