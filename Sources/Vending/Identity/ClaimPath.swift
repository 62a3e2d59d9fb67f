// SPDX-License-Identifier: Apache-2.0

import StrictJSON

/// The position of a claim in the payload: its name, preceded by the names of the objects that contain it. Names are
/// compared byte for byte and may contain any characters, including dots and slashes.
package struct ClaimPath: Hashable, Sendable, CustomStringConvertible {
    /// Maximum number of names.
    package static let limit = 8

    /// 1 to `limit`.
    package let names: [String]

    /// `nil` for an empty list or more than `limit` names.
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

    /// For the operator. It reveals nothing of a token: the names are from the configuration.
    package var description: String { names.joined(separator: " → ") }
}
