// SPDX-License-Identifier: Apache-2.0

/// A JSON value (RFC 8259 §3) that the strict parser accepted.
package enum JSONValue: Sendable {
    case null
    case bool(Bool)
    /// The number as it was written, so that no conversion loses precision.
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

    /// Rounded to the nearest `Double`; `nil` if that is not finite.
    package var double: Double? {
        guard case .number(let text) = self, let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// `nil` unless the number is written as an integer within range.
    package var int: Int? {
        if case .number(let text) = self { Int(text) } else { nil }
    }

    package var type: JSONType {
        switch self {
        case .null: .null
        case .bool: .bool
        case .number: .number
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }

    /// The type for error messages, with its article.
    package var typeName: String { type.rawValue }

    /// Parses a whole document: UTF-8 without a byte order mark, at most 32 levels, no duplicate members, no NUL.
    package static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        var parser = try JSONParser(bytes)
        return try parser.document()
    }
}

/// Members in the order of the document; names are unique.
package struct JSONObject: Sendable {
    package let members: [(name: String, value: JSONValue)]

    /// The value of the member with exactly the bytes of `name`; `nil` if there is none.
    package subscript(name: String) -> JSONValue? {
        members.first { $0.name.isExactly(name) }?.value
    }

    /// Checks a whole document, which must be an object, as strictly as `JSONValue.parse`, and keeps only the members
    /// with these names, so that the others use no memory.
    package static func parse(_ bytes: [UInt8], keeping names: [String]) throws(JSONError) -> JSONObject {
        try parse(bytes) { name in names.contains { $0.isExactly(name) } }
    }

    /// Does the same, but keeps the members whose names `isWanted` accepts.
    package static func parse(
        _ bytes: [UInt8], keeping isWanted: (String) -> Bool
    ) throws(JSONError) -> JSONObject {
        try JSONMembers(bytes).object(keeping: isWanted)
    }
}
