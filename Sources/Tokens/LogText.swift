// SPDX-License-Identifier: Apache-2.0

/// Makes untrusted text safe for a log line.
enum LogText {
    /// `text` in quotes, as printable ASCII with escapes, truncated to 100 scalars.
    static func quote(_ text: String) -> String {
        var output = "\""
        for scalar in text.unicodeScalars.prefix(100) {
            let printable = (0x20...0x7E).contains(scalar.value) && scalar != "\"" && scalar != "\\"
            output += printable ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
        }
        return output + (text.unicodeScalars.count > 100 ? "…\"" : "\"")
    }

    /// At most ten texts, each quoted.
    static func list(_ texts: some Sequence<String>) -> String {
        texts.prefix(10).map(quote).joined(separator: ", ")
    }
}
