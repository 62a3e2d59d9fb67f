// SPDX-License-Identifier: Apache-2.0

/// Writes simple JSON texts.
package enum JSONText {
    /// `text` as a JSON string with its quotes (RFC 8259 §7).
    package static func string(_ text: String) -> String {
        // Almost no text needs escapes, and appending scalar by scalar takes ten times as long.
        let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        if isPlain { return "\"" + text + "\"" }
        var output = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output + "\""
    }

    /// An object of string members.
    package static func object(_ members: [(name: String, value: String)]) -> String {
        "{" + members.map { string($0.name) + ":" + string($0.value) }.joined(separator: ",") + "}"
    }
}
