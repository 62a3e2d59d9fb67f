// SPDX-License-Identifier: Apache-2.0

import Vending

/// The process's environment variables, read as AWS's tools do: an empty or blank value counts as unset. The
/// description contains no values.
struct EnvironmentVariables: Sendable, CustomReflectable, CustomStringConvertible {
    let all: [String: String]

    init(_ all: [String: String]) {
        self.all = all
    }

    subscript(name: String) -> String? {
        all[name].flatMap { value in
            value.utf8.allSatisfy { $0 == UInt8(ascii: " ") || (0x09...0x0D).contains($0) } ? nil : value
        }
    }

    var description: String { "[\(all.count) variables]" }
    var customMirror: Mirror { Mirror(self, children: [:]) }
}
