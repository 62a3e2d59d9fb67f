/// A JSON value (RFC 8259 §3) as the strict parser reads it.
package enum JSONValue: Sendable {
    case null
    case bool(Bool)
    /// The number as it was written: nothing is lost to a binary form that nobody asked for.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    package var array: [JSONValue]? {
        if case .array(let values) = self { values } else { nil }
    }

    package var object: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// Finite, rounded to the nearest double.
    package var double: Double? {
        guard case .number(let text) = self, let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// The number where it was written as an integer within range.
    package var int: Int? {
        if case .number(let text) = self { Int(text) } else { nil }
    }

    /// What an operator is told about a value of the wrong type.
    package var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// Reads a whole document: UTF-8 without a byte order mark, 32 levels at most, no duplicate members, no NUL.
    package static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        var parser = try JSONParser(bytes)
        return try parser.document()
    }
}

/// Members in the order of the document, each name once.
package struct JSONObject: Sendable {
    package let members: [(name: String, value: JSONValue)]

    /// By the exact bytes of the name.
    package subscript(name: String) -> JSONValue? {
        members.first { $0.name.isExactly(name) }?.value
    }

    /// Checks a whole document as strictly as `JSONValue.parse`, which must be an object, and keeps only the members
    /// of these names, so that the rest costs no memory.
    package static func parse(_ bytes: [UInt8], keeping names: [String]) throws(JSONError) -> JSONObject {
        try parse(bytes) { name in names.contains { $0.isExactly(name) } }
    }

    /// The same, keeping the members whose names `isWanted` accepts.
    package static func parse(
        _ bytes: [UInt8], keeping isWanted: (String) -> Bool
    ) throws(JSONError) -> JSONObject {
        try JSONMembers(bytes).object(keeping: isWanted)
    }
}
