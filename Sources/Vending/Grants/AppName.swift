// SPDX-License-Identifier: Apache-2.0

/// The name of an application in the configuration and in request paths.
package struct AppName: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    /// - Parameter rawValue: 1–64 characters of `a–z A–Z 0–9 - _ .`, the first a letter or digit.
    package init?(_ rawValue: String) {
        guard (1...64).contains(rawValue.utf8.count), let first = rawValue.utf8.first, first.isASCIIAlphanumeric,
            rawValue.utf8.allSatisfy({ $0.isASCIIAlphanumeric || "-_.".utf8.contains($0) })
        else { return nil }
        self.rawValue = rawValue
    }

    package var description: String { rawValue }
}
