/// Where a string of a JSON text stands, between its quotes. Checked, and not yet read.
package struct StringPlace: Sendable {
    package let start: Int
    package let end: Int
    /// Where it has none, its bytes are its text.
    package let hasEscapes: Bool

    package var count: Int { end - start }
}
