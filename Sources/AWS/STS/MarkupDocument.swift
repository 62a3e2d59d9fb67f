// SPDX-License-Identifier: Apache-2.0

/// Parses the XML of AWS's responses within limits: UTF-8, no document type, no entities except the five of XML itself.
enum MarkupDocument {
    /// In bytes; responses of STS have about 2,000.
    static let sizeLimit = 65_536
    static let depthLimit = 16

    /// The root, or `nil` for anything but one complete, well-formed document within the limits.
    static func parse(_ bytes: [UInt8]) -> MarkupElement? {
        guard bytes.count <= sizeLimit, String(validating: bytes, as: UTF8.self) != nil,
            !bytes.indices.contains(where: { isForbidden(bytes, $0) }), let start = afterDeclaration(bytes)
        else { return nil }
        var parser = MarkupParser(MarkupScanner(bytes, from: start), depthLimit: depthLimit)
        do throws(MarkupError) {
            return try parser.document()
        } catch {
            return nil
        }
    }

    /// Skips a byte order mark or the declaration, whose encoding has no meaning here: the text is UTF-8.
    private static func afterDeclaration(_ bytes: [UInt8]) -> Int? {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return 3 }
        guard bytes.starts(with: "<?xml".utf8) else { return 0 }
        return bytes.indices.dropLast().first { bytes[$0] == UInt8(ascii: "?") && bytes[$0 + 1] == UInt8(ascii: ">") }
            .map { $0 + 2 }
    }

    /// Whether a character starts there that no document may have (XML 1.0 §2.2), or `<!` other than of a comment or
    /// CDATA: a document type can declare entities that expand or load other files.
    private static func isForbidden(_ bytes: [UInt8], _ index: Int) -> Bool {
        switch bytes[index] {
        case 0x09, 0x0A, 0x0D: return false
        case 0..<0x20: return true
        case UInt8(ascii: "!"):
            guard index > 0, bytes[index - 1] == UInt8(ascii: "<") else { return false }
            guard index + 1 < bytes.count else { return true }
            return bytes[index + 1] != UInt8(ascii: "-") && bytes[index + 1] != UInt8(ascii: "[")
        // U+FFFE and U+FFFF.
        case 0xEF: return bytes[index + 1] == 0xBF && bytes[index + 2] >= 0xBE
        default: return false
        }
    }
}

/// Not one complete, well-formed document within the limits.
struct MarkupError: Error {}
