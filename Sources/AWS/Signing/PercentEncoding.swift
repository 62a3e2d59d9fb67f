// SPDX-License-Identifier: Apache-2.0

/// Percent-encoding as AWS requires it: everything except the unreserved characters (RFC 3986 §2.3), upper-case digits.
enum PercentEncoding {
    /// - Parameter kept: one more byte that stays as it is.
    static func encode(_ bytes: some Sequence<UInt8>, keeping kept: UInt8? = nil) -> String {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.underestimatedCount)
        for byte in bytes {
            if byte == kept { output.append(byte) } else { append(byte, to: &output) }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// `application/x-www-form-urlencoded`: the same, with a space as `+`.
    static func appendForm(_ text: String, to output: inout [UInt8]) {
        // Almost all bytes of a token are unreserved, and appending one by one takes ten times as long.
        var rest = Array(text.utf8)[...]
        while let end = rest.firstIndex(where: { !isUnreserved($0) }) {
            output += rest[..<end]
            if rest[end] == UInt8(ascii: " ") {
                output.append(UInt8(ascii: "+"))
            } else {
                append(rest[end], to: &output)
            }
            rest = rest[(end + 1)...]
        }
        output += rest
    }

    private static func append(_ byte: UInt8, to output: inout [UInt8]) {
        if isUnreserved(byte) { return output.append(byte) }
        output.append(UInt8(ascii: "%"))
        output.append(digit(byte >> 4))
        output.append(digit(byte & 15))
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }

    /// Decodes percent-encoded bytes. A `%` without two digits stays as it is, and so does `+`.
    static func decode(_ text: Substring) -> [UInt8] {
        let bytes = Array(text.utf8)
        var output: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count, let high = value(bytes[index + 1]),
                let low = value(bytes[index + 2])
            {
                output.append(high << 4 | low)
                index += 3
            } else {
                output.append(bytes[index])
                index += 1
            }
        }
        return output
    }

    static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }

    private static func value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
