// SPDX-License-Identifier: Apache-2.0

private import CLibCrypto

/// Converts between the ECDSA forms of JWS (r ‖ s, each of the coordinate's length, RFC 7518 §3.4) and of libcrypto
/// (DER).
enum ECDSASignature {
    /// A SEQUENCE of two INTEGERs (RFC 3279 §2.2.3) from r ‖ s. libcrypto checks their range.
    static func der(_ signature: Span<UInt8>) -> [UInt8] {
        let half = signature.count / 2
        var body: [UInt8] = []
        body.reserveCapacity(signature.count + 8)
        append(signature.extracting(..<half), to: &body)
        append(signature.extracting(half...), to: &body)
        // Two integers of at most 66 bytes each: the length takes one byte, or 0x81 and one byte.
        let length: [UInt8] = body.count < 128 ? [UInt8(body.count)] : [0x81, UInt8(body.count)]
        return [0x30] + length + body
    }

    private static func append(_ number: Span<UInt8>, to body: inout [UInt8]) {
        var start = 0
        while start < number.count - 1, number[start] == 0 { start += 1 }
        // A set top bit would make the INTEGER negative.
        let sign = number[start] & 0x80 == 0 ? 0 : 1
        body.append(0x02)
        body.append(UInt8(number.count - start + sign))
        if sign == 1 { body.append(0) }
        for index in start..<number.count { body.append(number[index]) }
    }

    /// r ‖ s, each padded to `half` bytes.
    static func sideBySide(der: [UInt8], half: Int) -> [UInt8]? {
        let decoded = unsafe der.withUnsafeBufferPointer { bytes in
            var position = bytes.baseAddress
            return unsafe d2i_ECDSA_SIG(nil, &position, bytes.count)
        }
        guard let numbers = unsafe decoded else { return nil }
        defer { unsafe ECDSA_SIG_free(numbers) }
        var r = [UInt8](repeating: 0, count: half)
        var s = [UInt8](repeating: 0, count: half)
        guard unsafe BN_bn2binpad(ECDSA_SIG_get0_r(numbers), &r, Int32(half)) == Int32(half),
            unsafe BN_bn2binpad(ECDSA_SIG_get0_s(numbers), &s, Int32(half)) == Int32(half)
        else { return nil }
        return r + s
    }
}
