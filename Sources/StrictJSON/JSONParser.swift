// SPDX-License-Identifier: Apache-2.0

/// A strict one-pass parser of RFC 8259. This file has the grammar; strings and numbers have their own files.
struct JSONParser {
    static let depthLimit = 32

    let bytes: [UInt8]
    var position = 0
    /// Whether each number so far fits in 64 bits: an `Int64` if it is written as an integer, else a finite `Double`.
    var numbersFit = true

    init(_ bytes: [UInt8]) throws(JSONError) {
        guard bytes.count < 3 || bytes[0] != 0xEF || bytes[1] != 0xBB || bytes[2] != 0xBF else {
            throw JSONError(kind: .byteOrderMark, offset: 0)
        }
        // Rejects surrogates, overlong forms and truncated sequences, so slices at ASCII characters are valid UTF-8.
        guard Self.isASCII(bytes) || String(validating: bytes, as: UTF8.self) != nil else {
            throw JSONError(kind: .notUTF8, offset: 0)
        }
        self.init(checked: bytes, at: 0)
    }

    /// - Parameter bytes: already known to be UTF-8 without a byte order mark.
    init(checked bytes: [UInt8], at position: Int) {
        self.bytes = bytes
        self.position = position
    }

    private static func isASCII(_ bytes: [UInt8]) -> Bool {
        var union: UInt8 = 0
        for byte in bytes { union |= byte }
        return union < 0x80
    }

    mutating func document() throws(JSONError) -> JSONValue {
        let value = try value(depth: 1, keep: true)
        try end()
        return value
    }

    /// The members of the document, which must be an object.
    mutating func documentMembers() throws(JSONError) -> [JSONMembers.Member] {
        skipWhitespace()
        guard try peek() == UInt8(ascii: "{") else { throw problem(.notObject) }
        var members: [JSONMembers.Member] = []
        members.reserveCapacity(16)
        try eachMember(depth: 1) { (parser: inout JSONParser, name: StringPlace) throws(JSONError) in
            parser.skipWhitespace()
            let start = parser.position
            _ = try parser.value(depth: 2, keep: false)
            members.append(JSONMembers.Member(name: name, value: start..<parser.position))
        }
        try end()
        return members
    }

    /// Reads a value that a parser of the same bytes has already checked.
    static func value(at range: Range<Int>, in bytes: [UInt8]) throws(JSONError) -> JSONValue {
        var parser = JSONParser(checked: bytes, at: range.lowerBound)
        return try parser.value(depth: 2, keep: true)
    }

    private mutating func end() throws(JSONError) {
        skipWhitespace()
        guard position == bytes.count else { throw problem(.trailingData) }
    }

    /// - Parameter keep: if `false`, the value is only checked, and an empty value of its type is returned.
    private mutating func value(depth: Int, keep: Bool) throws(JSONError) -> JSONValue {
        skipWhitespace()
        switch try peek() {
        case UInt8(ascii: "{"): return .object(try object(depth: depth, keep: keep))
        case UInt8(ascii: "["): return .array(try array(depth: depth, keep: keep))
        case UInt8(ascii: "\""): return .string(try string(keep: keep))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number(keep: keep))
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: throw problem(.unexpected)
        }
    }

    private mutating func object(depth: Int, keep: Bool) throws(JSONError) -> JSONObject {
        var members: [(name: String, value: JSONValue)] = []
        try eachMember(depth: depth) { (parser: inout JSONParser, name: StringPlace) throws(JSONError) in
            let value = try parser.value(depth: depth + 1, keep: keep)
            if keep { members.append((try parser.text(of: name), value)) }
        }
        return JSONObject(members: members)
    }

    /// Calls `take` at the start of each member's value; `take` must consume the value.
    private mutating func eachMember(
        depth: Int, _ take: (inout JSONParser, StringPlace) throws(JSONError) -> Void
    ) throws(JSONError) {
        guard depth <= Self.depthLimit else { throw problem(.tooDeep) }
        position += 1
        skipWhitespace()
        if try peek() == UInt8(ascii: "}") {
            position += 1
            return
        }
        var seen = MemberNames()
        while true {
            skipWhitespace()
            guard try peek() == UInt8(ascii: "\"") else { throw problem(.unexpected) }
            let start = position
            let name = try stringPlace()
            guard try seen.insert(name, of: self) else { throw JSONError(kind: .duplicateMember, offset: start) }
            skipWhitespace()
            guard try peek() == UInt8(ascii: ":") else { throw problem(.unexpected) }
            position += 1
            try take(&self, name)
            if try closes(with: UInt8(ascii: "}")) { return }
        }
    }

    private mutating func array(depth: Int, keep: Bool) throws(JSONError) -> [JSONValue] {
        guard depth <= Self.depthLimit else { throw problem(.tooDeep) }
        position += 1
        var values: [JSONValue] = []
        skipWhitespace()
        if try peek() == UInt8(ascii: "]") {
            position += 1
            return []
        }
        while true {
            let value = try value(depth: depth + 1, keep: keep)
            if keep { values.append(value) }
            if try closes(with: UInt8(ascii: "]")) { return values }
        }
    }

    /// Consumes what follows an element: `true` for the end of its container, `false` for a comma.
    private mutating func closes(with bracket: UInt8) throws(JSONError) -> Bool {
        skipWhitespace()
        let byte = try peek()
        guard byte == bracket || byte == UInt8(ascii: ",") else { throw problem(.unexpected) }
        position += 1
        return byte == bracket
    }

    private mutating func literal(_ text: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        let count = text.utf8CodeUnitCount
        guard bytes.count - position >= count else { throw problem(.unexpected) }
        for index in 0..<count where unsafe bytes[position + index] != text.utf8Start[index] {
            throw problem(.unexpected)
        }
        position += count
        return value
    }

    mutating func skipWhitespace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    func peek() throws(JSONError) -> UInt8 {
        guard position < bytes.count else { throw problem(.ended) }
        return bytes[position]
    }

    func problem(_ kind: JSONError.Kind) -> JSONError {
        JSONError(kind: kind, offset: position)
    }
}
