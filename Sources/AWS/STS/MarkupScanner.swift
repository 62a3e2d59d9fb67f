// SPDX-License-Identifier: Apache-2.0

/// Reads the smallest parts of XML 1.0: names, references and fixed texts. Names are ASCII, as all of AWS's are.
struct MarkupScanner {
    private let bytes: [UInt8]
    private var index: Int

    /// - Parameter bytes: valid UTF-8 without the characters that XML forbids.
    init(_ bytes: [UInt8], from start: Int) {
        self.bytes = bytes
        index = start
    }

    /// `nil` at the end.
    var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    /// Whether `text` was next, and is now read.
    mutating func skip(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard index + count <= bytes.count,
            text.withUTF8Buffer({ unsafe $0.elementsEqual(bytes[index..<(index + count)]) })
        else { return false }
        index += count
        return true
    }

    mutating func require(_ text: StaticString) throws(MarkupError) {
        guard skip(text) else { throw MarkupError() }
    }

    /// - Returns: whether there was white space.
    @discardableResult
    mutating func skipSpace() -> Bool {
        let start = index
        while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { index += 1 }
        return index > start
    }

    /// The bytes before `end`, which is read too.
    mutating func upTo(_ end: StaticString) throws(MarkupError) -> ArraySlice<UInt8> {
        let start = index
        while index < bytes.count {
            let stop = index
            if skip(end) { return bytes[start..<stop] }
            index += 1
        }
        throw MarkupError()
    }

    /// The bytes before the first that `ends`, or before the end.
    mutating func run(until ends: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let start = index
        while index < bytes.count, !ends(bytes[index]) { index += 1 }
        return bytes[start..<index]
    }

    mutating func name() throws(MarkupError) -> MarkupName {
        let text = run { !Self.isName($0) }
        let parts = text.split(separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count <= 2, let local = parts.last, parts.allSatisfy({ $0.first.map(Self.startsName) == true })
        else {
            throw MarkupError()
        }
        return MarkupName(whole: text, prefix: parts.count == 2 ? parts[0] : nil, local: local)
    }

    /// Appends the character of a reference, whose `&` is next: one of XML's own entities, or a number.
    mutating func reference(into text: inout [UInt8]) throws(MarkupError) {
        try require("&")
        let name = run { $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: "<") }
        try require(";")
        switch name {
        case "lt": text.append(UInt8(ascii: "<"))
        case "gt": text.append(UInt8(ascii: ">"))
        case "amp": text.append(UInt8(ascii: "&"))
        case "quot": text.append(UInt8(ascii: "\""))
        case "apos": text.append(UInt8(ascii: "'"))
        default: text += String(try Self.numbered(name)).utf8
        }
    }

    /// `#` and decimal digits, or `#x` and hexadecimal ones, of a character that a document may have.
    private static func numbered(_ name: ArraySlice<UInt8>) throws(MarkupError) -> Character {
        guard name.first == UInt8(ascii: "#"), name.count <= 10 else { throw MarkupError() }
        let isHex = name.dropFirst().first == UInt8(ascii: "x")
        let digits = name.dropFirst(isHex ? 2 : 1)
        // `UInt32(_:radix:)` accepts a sign.
        guard digits.first != UInt8(ascii: "+"), digits.first != UInt8(ascii: "-"),
            let value = UInt32(String(decoding: digits, as: UTF8.self), radix: isHex ? 16 : 10),
            let scalar = Unicode.Scalar(value),
            value >= 0x20 || value == 0x09 || value == 0x0A || value == 0x0D, value != 0xFFFE, value != 0xFFFF
        else { throw MarkupError() }
        return Character(scalar)
    }

    private static func startsName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): true
        default: false
        }
    }

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"): true
        default: startsName(byte)
        }
    }
}

/// A qualified name (Namespaces in XML 1.0 §4).
struct MarkupName {
    let whole: ArraySlice<UInt8>
    let prefix: ArraySlice<UInt8>?
    let local: ArraySlice<UInt8>
}

extension ArraySlice<UInt8> {
    /// Compares bytes with a literal in `switch`.
    fileprivate static func ~= (pattern: StaticString, value: Self) -> Bool {
        pattern.withUTF8Buffer { unsafe value.elementsEqual($0) }
    }
}
