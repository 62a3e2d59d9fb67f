/// base64url without padding (RFC 4648 §5, RFC 7515 §2), canonical forms only.
package enum Base64URL {
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        var output: [UInt8] = []
        output.reserveCapacity((bytes.count * 4 + 2) / 3)
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                output.append(alphabet[Int(buffer >> bits & 63)])
            }
        }
        if bits > 0 {
            output.append(alphabet[Int(buffer << (6 - bits) & 63)])
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// The bytes that have exactly this spelling; `nil` for padding, white space, `+`, `/`, a length of 1 modulo 4 and
    /// tail bits other than zero. So no two texts decode to the same bytes.
    package static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        let whole = text.count / 4
        let rest = text.count % 4
        guard rest != 1 else { return nil }
        let values = values
        // Every group is decoded and the flags are gathered: an invalid character has bit 7 set.
        var invalid: UInt8 = 0
        let output = unsafe [UInt8](unsafeUninitializedCapacity: text.count * 3 / 4) { output, count in
            var input = 0
            for _ in 0..<whole {
                let (a, b) = (values[Int(text[input])], values[Int(text[input + 1])])
                let (c, d) = (values[Int(text[input + 2])], values[Int(text[input + 3])])
                invalid |= a | b | c | d
                unsafe output[count] = a << 2 | b >> 4
                unsafe output[count + 1] = b << 4 | c >> 2
                unsafe output[count + 2] = c << 6 | d
                input += 4
                count += 3
            }
            guard rest > 0 else { return }
            let (a, b) = (values[Int(text[input])], values[Int(text[input + 1])])
            invalid |= a | b
            unsafe output[count] = a << 2 | b >> 4
            count += 1
            guard rest == 3 else {
                invalid |= b & 15 == 0 ? 0 : 0x80
                return
            }
            let c = values[Int(text[input + 2])]
            invalid |= c | (c & 3 == 0 ? 0 : 0x80)
            unsafe output[count] = b << 4 | c >> 2
            count += 1
        }
        return invalid & 0x80 == 0 ? output : nil
    }

    package static func decode(_ text: String) -> [UInt8]? {
        decode(Array(text.utf8).span)
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// The six bits of each character, or 0xFF.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in alphabet.enumerated() {
            values[Int(character)] = UInt8(value)
        }
        return values
    }()
}
