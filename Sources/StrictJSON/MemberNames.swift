// SPDX-License-Identifier: Apache-2.0

/// The member names of an object so far, to detect duplicates. Up to 16 names without escapes are a list of ranges,
/// which needs no strings. More names, or names with escapes, become a set: comparing each name with all the others
/// would take quadratic time.
struct MemberNames {
    private static let listLimit = 16

    private var list: [StringPlace] = []
    private var set: Set<ExactString> = []

    init() {
        list.reserveCapacity(Self.listLimit)
    }

    /// Returns `false` if the name is a duplicate.
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
