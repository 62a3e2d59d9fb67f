/// The names that an object has had so far. A list of places while there are few and all of them plain; a set of texts
/// then, or an object of thousands of members would take time with the square of them.
struct MemberNames {
    private static let listLimit = 16

    private var list: [StringPlace] = []
    private var set: Set<ExactString> = []

    init() {
        list.reserveCapacity(Self.listLimit)
    }

    /// `false` where the name was there before.
    mutating func insert(_ name: StringPlace, of parser: borrowing JSONParser) throws(JSONError) -> Bool {
        if set.isEmpty, list.count < Self.listLimit, !name.hasEscapes {
            for other in list where parser.sameBytes(other, name) { return false }
            list.append(name)
            return true
        }
        if set.isEmpty {
            for other in list { set.insert(ExactString(try parser.text(of: other))) }
        }
        return set.insert(ExactString(try parser.text(of: name))).inserted
    }
}
