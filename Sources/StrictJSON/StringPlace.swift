// SPDX-License-Identifier: Apache-2.0

/// The range of a string in a JSON text, without its quotes. The string is checked but not yet decoded.
package struct StringPlace: Sendable {
    package let start: Int
    package let end: Int
    /// If `false`, the bytes of the range are the text.
    package let hasEscapes: Bool

    package var count: Int { end - start }
}
