// SPDX-License-Identifier: Apache-2.0

/// The subset of XML that STS responses use: elements that contain either text or elements.
struct XMLElement {
    let name: String
    let content: String
    let namespace: String?

    init(_ name: String, text: String) {
        self.name = name
        content = Self.escaped(text)
        namespace = nil
    }

    init(_ name: String, namespace: String? = nil, _ children: [XMLElement]) {
        self.name = name
        content = children.map(\.xml).joined()
        self.namespace = namespace
    }

    var xml: String {
        "<\(name)\(namespace.map { " xmlns=\"\(Self.escaped($0))\"" } ?? "")>\(content)</\(name)>"
    }

    private static func escaped(_ text: String) -> String {
        var output = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "\"": output += "&quot;"
            case "'": output += "&apos;"
            case "\t", "\n", "\r": output += "&#\(scalar.value);"
            // XML 1.0 cannot represent the other control characters (§2.2).
            case "\0"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": output += "\u{FFFD}"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }
}
