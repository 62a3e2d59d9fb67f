// SPDX-License-Identifier: Apache-2.0

/// Strings (RFC 8259 §7): runs of plain text, and escapes. U+0000 is rejected, as `JSONParser` does.
extension JSONScanner {
    /// Checks the text up to the end of the piece, to an escape, or to after the closing quote.
    mutating func scanText(_ bytes: Span<UInt8>, _ index: inout Int) throws(JSONError) {
        let start = index
        while index < bytes.count {
            if utf8.isComplete {
                index = bytes.endOfPlainText(from: index)
                guard index < bytes.count else { break }
                guard bytes[index] >= 0x80 else {
                    keep(bytes, start..<index)
                    try endRun(bytes[index], at: index)
                    index += 1
                    return
                }
            }
            guard utf8.accept(bytes[index]) else { throw problem(.notUTF8, at: index) }
            index += 1
        }
        keep(bytes, start..<index)
    }

    /// - Parameter byte: an ASCII character that is not plain text.
    private mutating func endRun(_ byte: UInt8, at index: Int) throws(JSONError) {
        switch byte {
        case UInt8(ascii: "\""): try endString(at: index)
        case UInt8(ascii: "\\"): state = .escape
        case 0: throw problem(.nul, at: index)
        default: throw problem(.controlCharacter, at: index)
        }
    }

    private mutating func endString(at index: Int) throws(JSONError) {
        guard destination == .name else {
            state = .afterValue
            return
        }
        switch openNames.insert(name.end()) {
        case .inserted: break
        case .duplicate: throw problem(.duplicateMember, at: index)
        case .full: throw problem(.tooManyNames, at: index)
        }
        search.take(name, atDepth: depth)
        state = .colon
    }

    mutating func scanEscape(_ byte: UInt8, at index: Int) throws(JSONError) {
        switch state {
        case .hexadecimal:
            switch escape.accept(byte) {
            case .incomplete: break
            case .needsTrail: state = .trailBackslash
            case .scalar(let scalar): keep(scalar)
            case .rejected(let kind): throw problem(kind, at: index)
            }
        case .trailBackslash:
            guard byte == UInt8(ascii: "\\") else { throw problem(.loneSurrogate, at: index) }
            state = .trailMark
        case .trailMark:
            guard byte == UInt8(ascii: "u") else { throw problem(.loneSurrogate, at: index) }
            state = .hexadecimal
        default:
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): keep(Unicode.Scalar(byte))
            case UInt8(ascii: "b"): keep("\u{08}")
            case UInt8(ascii: "f"): keep("\u{0C}")
            case UInt8(ascii: "n"): keep("\n")
            case UInt8(ascii: "r"): keep("\r")
            case UInt8(ascii: "t"): keep("\t")
            case UInt8(ascii: "u"): state = .hexadecimal
            default: throw problem(.escape, at: index)
            }
        }
    }

    private mutating func keep(_ scalar: Unicode.Scalar) {
        state = .text
        guard destination != .nowhere else { return }
        for byte in String(scalar).utf8 { keep(byte) }
    }

    private mutating func keep(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        guard destination != .nowhere else { return }
        for index in range { keep(bytes[index]) }
    }

    private mutating func keep(_ byte: UInt8) {
        switch destination {
        case .nowhere: break
        case .name: name.append(byte)
        case .value: search.append(byte)
        }
    }
}
