// SPDX-License-Identifier: Apache-2.0

/// Log lines for people at a terminal: `TIME LEVEL message name=value …`, from the JSON lines that the process writes.
///
/// A value keeps its JSON form unless it is a string of plain characters, which loses its quotes. So whatever JSON
/// escapes stays escaped: no value can end a line, begin another member or move the cursor.
package struct TextLine: Sendable {
    private let isColoured: Bool

    /// - Parameter isColoured: whether the level has a colour (ECMA-48 SGR), for terminals only.
    package init(isColoured: Bool = false) {
        self.isColoured = isColoured
    }

    /// - Parameter line: a whole JSON line that a `JSONLine` has made, its line end included.
    package func render(_ line: [UInt8]) -> [UInt8] {
        var (time, level, message) = ([] as ArraySlice<UInt8>, [] as ArraySlice<UInt8>, [] as ArraySlice<UInt8>)
        var rest: [UInt8] = []
        rest.reserveCapacity(line.count)
        for (name, value) in Self.members(line) {
            switch String(decoding: name, as: UTF8.self) {
            case "\"time\"": time = Self.unquoted(value)
            case "\"level\"": level = Self.unquoted(value)
            case "\"message\"": message = value.dropFirst().dropLast()
            default:
                rest.append(UInt8(ascii: " "))
                rest += Self.unquoted(name)
                rest.append(UInt8(ascii: "="))
                rest += Self.unquoted(value)
            }
        }
        var text = Array(time)
        text.append(UInt8(ascii: " "))
        text += coloured(String(decoding: level, as: UTF8.self)).utf8
        text.append(UInt8(ascii: " "))
        text += message
        text += rest
        text.append(UInt8(ascii: "\n"))
        return text
    }

    private func coloured(_ level: String) -> String {
        let padded = level.uppercased() + String(repeating: " ", count: max(0, 7 - level.utf8.count))
        guard isColoured else { return padded }
        let colour =
            switch level {
            case "error", "critical": 31
            case "warning": 33
            case "info", "notice": 32
            default: 90
            }
        return "\u{1B}[\(colour)m\(padded)\u{1B}[0m"
    }

    /// The members of the object: each name with its quotes, and each value as it is.
    private static func members(_ line: [UInt8]) -> [(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)] {
        var members: [(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)] = []
        var index = 1
        while index < line.count, line[index] == UInt8(ascii: "\"") {
            let colon = end(of: index, in: line)
            let comma = end(of: colon + 1, in: line)
            guard comma <= line.count else { break }
            members.append((line[index..<colon], line[(colon + 1)..<comma]))
            index = comma + 1
        }
        return members
    }

    /// The end of the value at `start`: the first `,`, `:` or closing bracket after it that is not inside it.
    private static func end(of start: Int, in line: [UInt8]) -> Int {
        var index = start
        var depth = 0
        var isString = false
        while index < line.count {
            let byte = line[index]
            if isString {
                if byte == UInt8(ascii: "\\") { index += 1 } else if byte == UInt8(ascii: "\"") { isString = false }
            } else {
                switch byte {
                case UInt8(ascii: "\""): isString = true
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: ","), UInt8(ascii: ":"): if depth == 0 { return index }
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    if depth == 0 { return index }
                    depth -= 1
                default: break
                }
            }
            index += 1
        }
        return index
    }

    /// Without the quotes, if it is a string that can't be mistaken for anything else without them.
    private static func unquoted(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard value.count > 2, value.first == UInt8(ascii: "\"") else { return value }
        let inside = value.dropFirst().dropLast()
        let isPlain = inside.allSatisfy { byte in
            (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
                && byte != UInt8(ascii: "=")
        }
        return isPlain ? inside : value
    }
}
