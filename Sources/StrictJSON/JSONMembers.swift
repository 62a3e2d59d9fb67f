// SPDX-License-Identifier: Apache-2.0

/// The members of an object as ranges of its text. The whole document is checked; a value is built when it is read.
package struct JSONMembers: Sendable {
    /// The document, checked as strictly as by `JSONValue.parse`.
    package let bytes: [UInt8]
    /// Whether each number fits in 64 bits: an `Int64` if it is written as an integer, otherwise a finite `Double`.
    package let numbersFit: Bool
    package let members: [Member]

    package struct Member: Sendable {
        package let name: StringPlace
        package let value: Range<Int>

        /// The name with its quotes, the colon and the value.
        package var whole: Range<Int> { (name.start - 1)..<value.upperBound }
    }

    package init(_ bytes: [UInt8]) throws(JSONError) {
        var parser = try JSONParser(bytes)
        members = try parser.documentMembers()
        numbersFit = parser.numbersFit
        self.bytes = bytes
    }

    /// The value of the member with exactly the bytes of `name`; `nil` if there is none.
    package func value(_ name: String) throws(JSONError) -> JSONValue? {
        guard let member = try member(name) else { return nil }
        return try JSONParser.value(at: member.value, in: bytes)
    }

    /// An object of only the members whose names `isWanted` accepts.
    func object(keeping isWanted: (String) -> Bool) throws(JSONError) -> JSONObject {
        var kept: [(name: String, value: JSONValue)] = []
        for member in members {
            let name = try JSONParser.text(of: member.name, in: bytes)
            guard isWanted(name) else { continue }
            kept.append((name, try JSONParser.value(at: member.value, in: bytes)))
        }
        return JSONObject(members: kept)
    }

    /// The kinds of value that callers read differently; all the others are one case.
    package enum Kind: Sendable {
        case string
        /// A number without fraction and exponent.
        case integer
        case other
    }

    package func kind(of member: Member) -> Kind {
        var value = bytes[member.value]
        if value.first == UInt8(ascii: "\"") { return .string }
        if value.first == UInt8(ascii: "-") { value.removeFirst() }
        return value.allSatisfy { (0x30...0x39).contains($0) } ? .integer : .other
    }

    /// The member with exactly the bytes of `name`; `nil` if there is none.
    package func member(_ name: String) throws(JSONError) -> Member? {
        var text = name
        let index = text.withUTF8 { name in
            members.firstIndex { unsafe isPlain($0.name, name) }
        }
        if let index { return members[index] }
        for member in members where member.name.hasEscapes {
            if try JSONParser.text(of: member.name, in: bytes).isExactly(name) { return member }
        }
        return nil
    }

    private func isPlain(_ place: StringPlace, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard place.count == name.count, !place.hasEscapes else { return false }
        for index in name.indices where unsafe name[index] != bytes[place.start + index] { return false }
        return true
    }
}
