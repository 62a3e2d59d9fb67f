import StrictJSON

/// Where a claim is: a name, or names of objects within objects. Names are compared byte for byte and may hold anything,
/// dots and slashes included.
package struct ClaimPath: Hashable, Sendable, CustomStringConvertible {
    package static let limit = 8

    /// 1 to `limit`.
    package let names: [String]

    /// `nil` for no name, or too many.
    package init?(_ names: [String]) {
        guard (1...Self.limit).contains(names.count) else { return nil }
        self.names = names
    }

    package static func == (left: ClaimPath, right: ClaimPath) -> Bool {
        left.names.count == right.names.count && zip(left.names, right.names).allSatisfy { $0.isExactly($1) }
    }

    package func hash(into hasher: inout Hasher) {
        for name in names { hasher.combine(bytesOf: name) }
    }

    /// For the operator: names come from the configuration.
    package var description: String { names.joined(separator: " → ") }
}
