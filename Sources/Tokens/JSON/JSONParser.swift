/// A strict parser of RFC 8259, one pass over the bytes. The grammar is here, strings and numbers in their own files.
struct JSONParser {
    static let depthLimit = 32

    let bytes: [UInt8]
    var position = 0

    init(_ bytes: [UInt8]) throws(JSONProblem) {
        guard !bytes.starts(with: [0xEF, 0xBB, 0xBF]) else { throw JSONProblem(kind: .byteOrderMark, offset: 0) }
        // Surrogates, overlong forms and truncated sequences end here; slices at ASCII characters stay valid.
        guard String(validating: bytes, as: UTF8.self) != nil else { throw JSONProblem(kind: .notUTF8, offset: 0) }
        self.bytes = bytes
    }

    mutating func document() throws(JSONProblem) -> JSONValue {
        let value = try value(depth: 1, keep: true)
        try end()
        return value
    }

    mutating func document(keeping names: [String]) throws(JSONProblem) -> JSONObject {
        skipWhitespace()
        guard try peek() == UInt8(ascii: "{") else { throw problem(.notObject) }
        let object = try object(depth: 1, keep: true, only: names)
        try end()
        return object
    }

    private mutating func end() throws(JSONProblem) {
        skipWhitespace()
        guard position == bytes.count else { throw problem(.trailingData) }
    }

    /// - Parameter keep: where `false` the value is checked and an empty one of its type returned.
    private mutating func value(depth: Int, keep: Bool) throws(JSONProblem) -> JSONValue {
        skipWhitespace()
        switch try peek() {
        case UInt8(ascii: "{"): return .object(try object(depth: depth, keep: keep, only: nil))
        case UInt8(ascii: "["): return .array(try array(depth: depth, keep: keep))
        case UInt8(ascii: "\""): return .string(try string(keep: keep))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number(keep: keep))
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: throw problem(.unexpected)
        }
    }

    private mutating func object(depth: Int, keep: Bool, only names: [String]?) throws(JSONProblem) -> JSONObject {
        guard depth <= Self.depthLimit else { throw problem(.tooDeep) }
        position += 1
        var members: [(name: String, value: JSONValue)] = []
        var seen = MemberNames()
        skipWhitespace()
        if try peek() == UInt8(ascii: "}") {
            position += 1
            return JSONObject(members: [])
        }
        while true {
            skipWhitespace()
            guard try peek() == UInt8(ascii: "\"") else { throw problem(.unexpected) }
            let start = position
            let name = try string(keep: true)
            guard seen.insert(name) else { throw JSONProblem(kind: .duplicateMember, offset: start) }
            skipWhitespace()
            guard try peek() == UInt8(ascii: ":") else { throw problem(.unexpected) }
            position += 1
            let wanted = keep && names?.contains { $0.isExactly(name) } ?? true
            let value = try value(depth: depth + 1, keep: wanted)
            if wanted { members.append((name, value)) }
            if try closes(with: UInt8(ascii: "}")) { return JSONObject(members: members) }
        }
    }

    private mutating func array(depth: Int, keep: Bool) throws(JSONProblem) -> [JSONValue] {
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

    /// After an element: `true` at the end of its container, `false` after a comma.
    private mutating func closes(with bracket: UInt8) throws(JSONProblem) -> Bool {
        skipWhitespace()
        let byte = try peek()
        guard byte == bracket || byte == UInt8(ascii: ",") else { throw problem(.unexpected) }
        position += 1
        return byte == bracket
    }

    private mutating func literal(_ text: StaticString, _ value: JSONValue) throws(JSONProblem) -> JSONValue {
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

    func peek() throws(JSONProblem) -> UInt8 {
        guard position < bytes.count else { throw problem(.ended) }
        return bytes[position]
    }

    func problem(_ kind: JSONProblem.Kind) -> JSONProblem {
        JSONProblem(kind: kind, offset: position)
    }
}
