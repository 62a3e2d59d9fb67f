// SPDX-License-Identifier: Apache-2.0

import Vending

/// Cognito's id of a user or guest in a pool. It identifies a person, so the description is redacted.
struct IdentityID: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let text: String

    /// - Parameter text: 3–55 of `[\w-]+:[0-9a-f-]+` (GetId `IdentityId`).
    init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard text.utf8.count <= 55, parts.count == 2, parts.allSatisfy({ !$0.isEmpty }),
            parts[0].allSatisfy({ $0.isASCIIAlphanumeric || "-_".utf8.contains($0) }),
            parts[1].allSatisfy({ "0123456789abcdef-".utf8.contains($0) })
        else { return nil }
        self.text = text
    }

    var description: String { "[redacted identity]" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: [:]) }
}
