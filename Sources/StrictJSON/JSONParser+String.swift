// SPDX-License-Identifier: Apache-2.0

extension JSONParser {
    mutating func string(keep: Bool) throws(JSONError) -> String {
        let place = try stringPlace()
        return keep ? try text(of: place) : ""
    }

    /// Checks a string (RFC 8259 §7) from its opening quote to after its closing quote. U+0000 is rejected, because C
    /// libraries would take it for the end of the string.
    mutating func stringPlace() throws(JSONError) -> StringPlace {
        position += 1
        let start = position
        var hasEscapes = false
        while true {
            skipPlain()
            switch try peek() {
            case UInt8(ascii: "\""):
                position += 1
                return StringPlace(start: start, end: position - 1, hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                position += 1
                _ = try escape()
                hasEscapes = true
            case 0: throw problem(.nul)
            default: throw problem(.controlCharacter)
            }
        }
    }

    /// Skips characters that need no check: neither quote, escape nor control character.
    private mutating func skipPlain() {
        var index = position
        while index < bytes.count, bytes[index] >= 0x20, bytes[index] != UInt8(ascii: "\""),
            bytes[index] != UInt8(ascii: "\\")
        {
            index += 1
        }
        position = index
    }

    func text(of place: StringPlace) throws(JSONError) -> String {
        try Self.text(of: place, in: bytes)
    }

    /// The text of a string that a parser of the same bytes has already checked.
    static func text(of place: StringPlace, in bytes: [UInt8]) throws(JSONError) -> String {
        guard place.hasEscapes else { return String(decoding: bytes[place.start..<place.end], as: UTF8.self) }
        var output: [UInt8] = []
        var parser = JSONParser(checked: bytes, at: place.start)
        while parser.position < place.end {
            let byte = try parser.peek()
            parser.position += 1
            if byte == UInt8(ascii: "\\") {
                output.append(contentsOf: String(try parser.escape()).utf8)
            } else {
                output.append(byte)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// Whether two strings without escapes are equal.
    func sameBytes(_ left: StringPlace, _ right: StringPlace) -> Bool {
        guard left.count == right.count else { return false }
        for offset in 0..<left.count where bytes[left.start + offset] != bytes[right.start + offset] { return false }
        return true
    }

    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
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
        default: throw JSONError(kind: .escape, offset: position - 1)
        }
    }

    private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let unit = try hexadecimal()
        guard unit != 0 else { throw problem(.nul) }
        // Every code unit except a surrogate is a scalar.
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

    private mutating func hexadecimal() throws(JSONError) -> UInt16 {
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
