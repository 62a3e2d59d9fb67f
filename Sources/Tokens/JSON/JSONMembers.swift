/// The members of an object as places in its text: all of it is checked, and nothing is built before it is asked for.
package struct JSONMembers: Sendable {
    /// Checked as strictly as by `JSONValue.parse`.
    package let bytes: [UInt8]
    private let members: [Member]

    struct Member {
        let name: StringPlace
        /// The value, from its first byte to behind its last.
        let value: Range<Int>
    }

    package init(_ bytes: [UInt8]) throws(JSONProblem) {
        var parser = try JSONParser(bytes)
        members = try parser.documentMembers()
        self.bytes = bytes
    }

    /// By the exact bytes of the name.
    package func value(_ name: String) throws(JSONProblem) -> JSONValue? {
        guard let place = try place(of: name) else { return nil }
        return try JSONParser.value(at: place, in: bytes)
    }

    /// Of the members whose names `isWanted` accepts.
    func object(keeping isWanted: (String) -> Bool) throws(JSONProblem) -> JSONObject {
        var kept: [(name: String, value: JSONValue)] = []
        for member in members {
            let name = try JSONParser.text(of: member.name, in: bytes)
            guard isWanted(name) else { continue }
            kept.append((name, try JSONParser.value(at: member.value, in: bytes)))
        }
        return JSONObject(members: kept)
    }

    /// How a value is best read; only what that needs is told apart.
    enum Kind {
        case string
        /// Written without fraction and exponent.
        case integer
        case other
    }

    func kind(of name: String) throws(JSONProblem) -> Kind? {
        guard let place = try place(of: name), let first = bytes[place].first else { return nil }
        if first == UInt8(ascii: "\"") { return .string }
        let digits = first == UInt8(ascii: "-") ? bytes[place].dropFirst() : bytes[place]
        return digits.allSatisfy { (0x30...0x39).contains($0) } ? .integer : .other
    }

    /// Where the value of `name` stands.
    func place(of name: String) throws(JSONProblem) -> Range<Int>? {
        for member in members {
            if member.name.hasEscapes {
                guard try JSONParser.text(of: member.name, in: bytes).isExactly(name) else { continue }
            } else {
                guard member.name.count == name.utf8.count, isAt(member.name.start, name) else { continue }
            }
            return member.value
        }
        return nil
    }

    private func isAt(_ start: Int, _ name: String) -> Bool {
        var index = start
        for byte in name.utf8 {
            guard bytes[index] == byte else { return false }
            index += 1
        }
        return true
    }
}
