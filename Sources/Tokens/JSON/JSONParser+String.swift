extension JSONParser {
    /// Strings of RFC 8259 §7, without U+0000, which C libraries would take for the end.
    mutating func string(keep: Bool) throws(JSONProblem) -> String {
        position += 1
        let start = position
        while true {
            switch try peek() {
            case UInt8(ascii: "\""):
                defer { position += 1 }
                return keep ? String(decoding: bytes[start..<position], as: UTF8.self) : ""
            case UInt8(ascii: "\\"): return try escapedString(from: start, keep: keep)
            case 0: throw problem(.nul)
            case 1..<0x20: throw problem(.controlCharacter)
            default: position += 1
            }
        }
    }

    /// The slow way, from the first backslash on.
    private mutating func escapedString(from start: Int, keep: Bool) throws(JSONProblem) -> String {
        var output = Array(bytes[start..<position])
        while true {
            let byte = try peek()
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return keep ? String(decoding: output, as: UTF8.self) : ""
            case UInt8(ascii: "\\"):
                position += 1
                output.append(contentsOf: String(try escape()).utf8)
            case 0: throw problem(.nul)
            case 1..<0x20: throw problem(.controlCharacter)
            default:
                output.append(byte)
                position += 1
            }
        }
    }

    private mutating func escape() throws(JSONProblem) -> Unicode.Scalar {
        let byte = try peek()
        position += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw JSONProblem(kind: .escape, offset: position - 1)
        }
    }

    private mutating func unicodeEscape() throws(JSONProblem) -> Unicode.Scalar {
        let unit = try hexadecimal()
        guard unit != 0 else { throw problem(.nul) }
        // Everything but a surrogate is a scalar by itself.
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard UTF16.isLeadSurrogate(unit) else { throw problem(.loneSurrogate) }
        guard try peek() == UInt8(ascii: "\\") else { throw problem(.loneSurrogate) }
        position += 1
        guard try peek() == UInt8(ascii: "u") else { throw problem(.loneSurrogate) }
        position += 1
        let trail = try hexadecimal()
        guard UTF16.isTrailSurrogate(trail) else { throw problem(.loneSurrogate) }
        let value = 0x10000 + (UInt32(unit) & 0x3FF) << 10 + (UInt32(trail) & 0x3FF)
        guard let scalar = Unicode.Scalar(value) else { throw problem(.loneSurrogate) }
        return scalar
    }

    private mutating func hexadecimal() throws(JSONProblem) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch try peek() {
            case let byte where (0x30...0x39).contains(byte): digit = byte - 0x30
            case let byte where (0x41...0x46).contains(byte): digit = byte - 0x41 + 10
            case let byte where (0x61...0x66).contains(byte): digit = byte - 0x61 + 10
            default: throw problem(.escape)
            }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }
}
