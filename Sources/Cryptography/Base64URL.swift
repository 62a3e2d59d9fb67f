// SPDX-License-Identifier: Apache-2.0

/// base64url without padding (RFC 4648 §5, RFC 7515 §2), canonical forms only.
package enum Base64URL {
    package static func encode(_ bytes: some Collection<UInt8>) -> String { encode(Array(bytes)) }

    package static func encode(_ bytes: [UInt8]) -> String {
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

    /// Decodes the canonical form only, so that no two texts decode to the same bytes. Returns `nil` for padding, white
    /// space, `+`, `/`, a length of 1 modulo 4 and tail bits other than zero.
    package static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        // All groups are decoded before the check: an invalid character sets bit 7 of `invalid`.
        var invalid: UInt8 = 0
        var output: [UInt8] = []
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.count * 3 / 4) { decoded in
            unsafe text.withUnsafeBufferPointer { text in
                unsafe values.withUnsafeBufferPointer { values in
                    unsafe decode(text, by: values, into: decoded, &invalid)
                }
            }
            unsafe output.append(contentsOf: decoded)
        }
        return invalid & 0x80 == 0 ? output : nil
    }

    /// Runs without bounds checks, which would take most of the time.
    ///
    /// - Parameters:
    ///   - text: its length is not 1 modulo 4.
    ///   - values: 256 entries.
    ///   - output: holds at least three quarters of the text's length.
    ///   - invalid: bit 7 is set if the text is not canonical.
    private static func decode(
        _ text: UnsafeBufferPointer<UInt8>, by values: UnsafeBufferPointer<UInt8>,
        into output: UnsafeMutableBufferPointer<UInt8>, _ invalid: inout UInt8
    ) {
        var flags: UInt8 = 0
        var (input, written) = (0, 0)
        while input + 4 <= text.count {
            let (a, b) = unsafe (values[Int(text[input])], values[Int(text[input + 1])])
            let (c, d) = unsafe (values[Int(text[input + 2])], values[Int(text[input + 3])])
            flags |= a | b | c | d
            unsafe output[written] = a << 2 | b >> 4
            unsafe output[written + 1] = b << 4 | c >> 2
            unsafe output[written + 2] = c << 6 | d
            input += 4
            written += 3
        }
        if input < text.count {
            let (a, b) = unsafe (values[Int(text[input])], values[Int(text[input + 1])])
            flags |= a | b
            unsafe output[written] = a << 2 | b >> 4
            written += 1
            if input + 2 < text.count {
                let c = unsafe values[Int(text[input + 2])]
                flags |= c | (c & 3 == 0 ? 0 : 0x80)
                unsafe output[written] = b << 4 | c >> 2
            } else {
                flags |= b & 15 == 0 ? 0 : 0x80
            }
        }
        invalid |= flags
    }

    package static func decode(_ text: String) -> [UInt8]? {
        decode(Array(text.utf8).span)
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// The six bits of each character; 0xFF for a character outside the alphabet.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in alphabet.enumerated() {
            values[Int(character)] = UInt8(value)
        }
        return values
    }()
}
