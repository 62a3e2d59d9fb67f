/// What a claim must be. Compiled from the configuration when it is read.
package struct ClaimRequirement: Hashable, Sendable {
    package enum Condition: Hashable, Sendable {
        /// This value, of this type.
        case equals(ClaimValue)
        /// One of these values.
        case oneOf([ClaimValue])
        /// A list that holds this value.
        case contains(ClaimValue)
        /// Anything but null.
        case present
    }

    package let path: ClaimPath
    package let condition: Condition

    package init(_ path: ClaimPath, _ condition: Condition) {
        self.path = path
        self.condition = condition
    }

    /// - Parameter value: `nil` where the claim is absent or null.
    package func isMet(by value: ClaimValue?) -> Bool {
        guard let value else { return false }
        switch condition {
        case .equals(let wanted): return value == wanted
        case .oneOf(let wanted): return wanted.contains(value)
        case .contains(let wanted):
            guard case .list(let values) = value else { return false }
            return values.contains(wanted)
        case .present: return true
        }
    }

    /// What was found and what was expected, without what the token says: only the configuration's own words and types.
    package func mismatch(with value: ClaimValue?) -> String {
        "the claim \(path) is \(value.map(\.description) ?? "absent"); expected \(expected)"
    }

    private var expected: String {
        switch condition {
        case .equals(let value): Self.words(value)
        case .oneOf(let values): "one of \(values.map(Self.words).joined(separator: ", "))"
        case .contains(let value): "a list that holds \(Self.words(value))"
        case .present: "it to be there"
        }
    }

    private static func words(_ value: ClaimValue) -> String {
        switch value {
        case .string(let text): "\"\(text)\""
        case .number(let number): Int(exactly: number).map(String.init) ?? "\(number)"
        case .boolean, .list, .other: value.description
        }
    }
}
