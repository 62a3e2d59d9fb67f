/// Where a string of a JSON text stands, between its quotes. Checked, and not yet read.
struct StringPlace {
    let start: Int
    let end: Int
    /// Where it has none, its bytes are its text.
    let hasEscapes: Bool

    var count: Int { end - start }
}
