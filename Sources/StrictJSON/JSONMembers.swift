/// The members of an object as places in its text: all of it is checked, and nothing is built before it is asked for.
package struct JSONMembers: Sendable {
    /// Checked as strictly as by `JSONValue.parse`.
    package let bytes: [UInt8]
    /// Whether each number is one of 64 bits: an `Int64` where it is written as an integer, else a finite `Double`.
    package let numbersFit: Bool
    package let members: [Member]

    package struct Member: Sendable {
        package let name: StringPlace
        /// The value, from its first byte to behind its last.
        package let value: Range<Int>

        /// Name, colon and value.
        package var whole: Range<Int> { (name.start - 1)..<value.upperBound }
    }

    package init(_ bytes: [UInt8]) throws(JSONError) {
        var parser = try JSONParser(bytes)
        members = try parser.documentMembers()
        numbersFit = parser.numbersFit
        self.bytes = bytes
    }

    /// By the exact bytes of the name.
    package func value(_ name: String) throws(JSONError) -> JSONValue? {
        guard let member = try member(name) else { return nil }
        return try JSONParser.value(at: member.value, in: bytes)
    }

    /// Of the members whose names `isWanted` accepts.
    func object(keeping isWanted: (String) -> Bool) throws(JSONError) -> JSONObject {
        var kept: [(name: String, value: JSONValue)] = []
        for member in members {
            let name = try JSONParser.text(of: member.name, in: bytes)
            guard isWanted(name) else { continue }
            kept.append((name, try JSONParser.value(at: member.value, in: bytes)))
        }
        return JSONObject(members: kept)
    }

    /// How a value is best read; only what that needs is told apart.
    package enum Kind: Sendable {
        case string
        /// Written without fraction and exponent.
        case integer
        case other
    }

    package func kind(of member: Member) -> Kind {
        var value = bytes[member.value]
        if value.first == UInt8(ascii: "\"") { return .string }
        if value.first == UInt8(ascii: "-") { value.removeFirst() }
        return value.allSatisfy { (0x30...0x39).contains($0) } ? .integer : .other
    }

    /// By the exact bytes of the name.
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
