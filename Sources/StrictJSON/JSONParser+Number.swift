// SPDX-License-Identifier: Apache-2.0

extension JSONParser {
    /// `-? int frac? exp?` (RFC 8259 §6).
    mutating func number(keep: Bool) throws(JSONError) -> String {
        let start = position
        if try peek() == UInt8(ascii: "-") { position += 1 }
        let first = position
        guard digits() > 0 else { throw problem(.number) }
        // No leading zeros.
        if bytes[first] == UInt8(ascii: "0"), position - first > 1 { throw problem(.number) }
        let integerEnd = position
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            guard digits() > 0 else { throw problem(.number) }
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            guard digits() > 0 else { throw problem(.number) }
        }
        // Integers of up to 18 digits always fit.
        if position != integerEnd || integerEnd - first > 18 {
            numbersFit = numbersFit && fits(start..<position, isInteger: position == integerEnd)
        }
        return keep ? String(decoding: bytes[start..<position], as: UTF8.self) : ""
    }

    private func fits(_ range: Range<Int>, isInteger: Bool) -> Bool {
        let text = String(decoding: bytes[range], as: UTF8.self)
        return isInteger ? Int64(text) != nil : Double(text)?.isFinite == true
    }

    private mutating func digits() -> Int {
        let start = position
        while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
        return position - start
    }
}
