/// Text from outside, made fit for an operator's line.
enum LogText {
    /// In quotes, in printable ASCII, and no longer than helps.
    static func quote(_ text: String) -> String {
        var output = "\""
        for scalar in text.unicodeScalars.prefix(100) {
            let printable = (0x20...0x7E).contains(scalar.value) && scalar != "\"" && scalar != "\\"
            output += printable ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
        }
        return output + (text.unicodeScalars.count > 100 ? "…\"" : "\"")
    }

    static func list(_ texts: some Sequence<String>) -> String {
        texts.prefix(10).map(quote).joined(separator: ", ")
    }
}
