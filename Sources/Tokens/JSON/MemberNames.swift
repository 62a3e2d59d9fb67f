/// The names that an object has had so far. A list while there are few; a set then, or an object of thousands of members
/// would take time with the square of them.
struct MemberNames {
    private static let listLimit = 16

    private var list: [String] = []
    private var set: Set<ExactString> = []

    /// `false` where the name was there before.
    mutating func insert(_ name: String) -> Bool {
        if list.count < Self.listLimit {
            for other in list where other.isExactly(name) { return false }
            list.append(name)
            return true
        }
        if set.isEmpty { set = Set(list.map(ExactString.init)) }
        return set.insert(ExactString(name)).inserted
    }
}
