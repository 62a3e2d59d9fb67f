// SPDX-License-Identifier: Apache-2.0

private import CLibCrypto

/// The rules for the encoding of an Ed25519 public key (RFC 8032 §5.1.3).
enum Ed25519Point {
    /// - Parameter encoding: y, little-endian, with the sign of x in the top bit.
    static func check(_ encoding: [UInt8]) throws(KeyError) {
        guard encoding.count == 32 else { throw .ed25519Length(found: encoding.count) }
        var y = encoding
        y[31] &= 0x7F
        guard y.reversed().lexicographicallyPrecedes(prime.reversed()) else { throw .ed25519NotCanonical }
        guard !smallOrder.contains(y) else { throw .ed25519SmallOrder }
        guard isOnCurve(y) else { throw .pointNotOnCurve }
    }

    /// Whether −x² + y² = 1 + d·x²·y² has an x for this y: x² = u/v is a square exactly where u·v is one, with
    /// u = y² − 1 and v = d·y² + 1. libcrypto accepts a key without such an x and then rejects every signature.
    private static func isOnCurve(_ y: [UInt8]) -> Bool {
        guard let context = unsafe BN_CTX_new() else { return false }
        defer { unsafe BN_CTX_free(context) }
        unsafe BN_CTX_start(context)
        defer { unsafe BN_CTX_end(context) }
        guard let p = unsafe BN_CTX_get(context), let d = unsafe BN_CTX_get(context),
            let u = unsafe BN_CTX_get(context), let v = unsafe BN_CTX_get(context)
        else { return false }
        return unsafe BN_lebin2bn(prime, Int32(prime.count), p) != nil
            && BN_bin2bn(coefficient, Int32(coefficient.count), d) != nil
            && BN_lebin2bn(y, Int32(y.count), u) != nil
            && BN_mod_sqr(u, u, p, context) == 1
            && BN_mod_mul(v, d, u, p, context) == 1
            && BN_add_word(v, 1) == 1
            && BN_sub_word(u, 1) == 1
            && BN_mod_mul(u, u, v, p, context) == 1
            && BN_kronecker(u, p, context) == 1
    }

    /// 2²⁵⁵ − 19, little-endian.
    private static let prime: [UInt8] = [0xED] + [UInt8](repeating: 0xFF, count: 30) + [0x7F]

    /// d = −121665/121666 modulo the prime, big-endian.
    private static let coefficient: [UInt8] = [
        0x52, 0x03, 0x6C, 0xEE, 0x2B, 0x6F, 0xFE, 0x73, 0x8C, 0xC7, 0x40, 0x79, 0x77, 0x79, 0xE8, 0x98,
        0x00, 0x70, 0x0A, 0x4D, 0x41, 0x41, 0xD8, 0xAB, 0x75, 0xEB, 0x4D, 0xCA, 0x13, 0x59, 0x78, 0xA3,
    ]

    /// The y coordinates of the eight points whose order divides 8; x and −x share a y.
    private static let smallOrder: Set<[UInt8]> = [
        [UInt8](repeating: 0, count: 32),
        [1] + [UInt8](repeating: 0, count: 31),
        [0xEC] + [UInt8](repeating: 0xFF, count: 30) + [0x7F],
        [
            0x26, 0xE8, 0x95, 0x8F, 0xC2, 0xB2, 0x27, 0xB0, 0x45, 0xC3, 0xF4, 0x89, 0xF2, 0xEF, 0x98, 0xF0,
            0xD5, 0xDF, 0xAC, 0x05, 0xD3, 0xC6, 0x33, 0x39, 0xB1, 0x38, 0x02, 0x88, 0x6D, 0x53, 0xFC, 0x05,
        ],
        [
            0xC7, 0x17, 0x6A, 0x70, 0x3D, 0x4D, 0xD8, 0x4F, 0xBA, 0x3C, 0x0B, 0x76, 0x0D, 0x10, 0x67, 0x0F,
            0x2A, 0x20, 0x53, 0xFA, 0x2C, 0x39, 0xCC, 0xC6, 0x4E, 0xC7, 0xFD, 0x77, 0x92, 0xAC, 0x03, 0x7A,
        ],
    ]
}
