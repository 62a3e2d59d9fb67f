// SPDX-License-Identifier: Apache-2.0

import StrictJSON

/// The identity provider that a token names in `iss`; compared exactly, byte for byte (RFC 7519 §4.1.1).
package struct Issuer: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    // Not Swift's String equality, which is canonical equivalence: it treats two encodings of "é" as equal.
    package static func == (left: Issuer, right: Issuer) -> Bool {
        left.rawValue.isExactly(right.rawValue)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(bytesOf: rawValue)
    }

    package var description: String { rawValue }
}
