// SPDX-License-Identifier: Apache-2.0

/// Reads a shared file line by line: `[section]`, `name = value`, values and nested blocks continued by indentation.
///
/// The rules are those of AWS's tools: names are compared in lower case, the last of equal names wins, and `#` and `;`
/// begin a comment at the start of a line or after a blank. Any other line is an error, which reports the line number
/// and not the text.
struct SharedFileParser {
    let path: String
    private(set) var sections: [SharedFile.Section] = []
    private var number = 0
    /// The property that an indented line continues, and the property's own indentation.
    private var open: (name: String, indent: Int)?

    init(path: String) {
        self.path = path
    }

    mutating func read(_ line: Substring) throws(BrokerCredentialError) {
        number += 1
        let content = Self.trim(line)
        guard let first = content.utf8.first, first != UInt8(ascii: "#"), first != UInt8(ascii: ";") else { return }
        let indent = line.utf8.prefix(while: Self.isBlank).count
        if let open, indent > open.indent {
            try proceed(with: content, below: open.name)
        } else if first == UInt8(ascii: "[") {
            sections.append(SharedFile.Section(header: try header(content)))
            open = nil
        } else {
            let (name, value) = try property(content)
            guard !sections.isEmpty else { throw problem("a setting before the first [section]") }
            sections[sections.count - 1].properties[name] = SharedFile.Property(value: value)
            open = (name, indent)
        }
    }

    private mutating func proceed(with content: Substring, below name: String) throws(BrokerCredentialError) {
        let last = sections.count - 1
        // Changed in place, because a copy per line would make a long block slow.
        if sections[last].properties[name]?.value.isEmpty == true {
            let (inner, value) = try property(content)
            sections[last].properties[name]?.nested[inner] = value
        } else {
            sections[last].properties[name]?.value += "\n" + Self.withoutComment(content)
        }
    }

    private func header(_ content: Substring) throws(BrokerCredentialError) -> String {
        guard let end = content.firstIndex(of: "]"),
            Self.trim(content[content.index(after: end)...]).utf8.first.map({ "#;".utf8.contains($0) }) ?? true
        else { throw problem("expected [section]") }
        let parts = content[..<end].dropFirst().split(whereSeparator: { $0 == " " || $0 == "\t" })
        guard !parts.isEmpty else { throw problem("expected a name between the brackets") }
        return parts.joined(separator: " ")
    }

    private func property(_ content: Substring) throws(BrokerCredentialError) -> (name: String, value: String) {
        guard let sign = content.firstIndex(of: "=") else { throw problem("expected NAME = VALUE") }
        let name = Self.trim(content[..<sign])
        guard !name.isEmpty else { throw problem("expected a name before the =") }
        return (name.lowercased(), String(Self.withoutComment(content[content.index(after: sign)...])))
    }

    private func problem(_ text: String) -> BrokerCredentialError {
        BrokerCredentialError("\(path):\(number): \(text)")
    }

    /// The text before a comment, which begins with a blank and `#` or `;`.
    private static func withoutComment(_ text: Substring) -> Substring {
        var end = text.endIndex
        var afterBlank = false
        for index in text.utf8.indices {
            let byte = text.utf8[index]
            if afterBlank, byte == UInt8(ascii: "#") || byte == UInt8(ascii: ";") {
                end = index
                break
            }
            afterBlank = isBlank(byte)
        }
        return trim(text[..<end])
    }

    private static func trim(_ text: Substring) -> Substring {
        var bytes = text.utf8.drop(while: isBlank)
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        return Substring(bytes)
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }
}
