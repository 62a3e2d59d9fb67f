// SPDX-License-Identifier: Apache-2.0

/// A condition that a claim must meet, from the configuration.
package struct ClaimRequirement: Hashable, Sendable {
    package enum Condition: Hashable, Sendable {
        /// This value, with the same type.
        case equals(ClaimValue)
        /// One of these values.
        case oneOf([ClaimValue])
        /// A list that contains this value.
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

    /// - Parameter value: `nil` if the claim is absent or null.
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

    /// The type that was found and the value that was expected. It reveals no value of the token.
    package func mismatch(with value: ClaimValue?) -> String {
        "the claim \(path) is \(value.map(\.description) ?? "absent"); expected \(expected)"
    }

    private var expected: String {
        switch condition {
        case .equals(let value): Self.describe(value)
        case .oneOf(let values): "one of \(values.map(Self.describe).joined(separator: ", "))"
        case .contains(let value): "a list that holds \(Self.describe(value))"
        case .present: "any value"
        }
    }

    private static func describe(_ value: ClaimValue) -> String {
        switch value {
        case .string(let text): "\"\(text)\""
        case .number(let number): Int(exactly: number).map(String.init) ?? "\(number)"
        case .boolean, .list, .other: value.description
        }
    }
}
