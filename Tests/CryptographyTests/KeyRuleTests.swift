// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Testing

struct KeyRuleTests {
    /// Odd, `bits` bits long and without the ROCA structure: libcrypto imports it although its factors are unknown.
    private static func modulus(bits: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0xA7, count: (bits + 7) / 8)
        bytes[0] = UInt8(1 << ((bits - 1) % 8))
        return bytes
    }

    @Test("accepts RSA moduli of 2048 to 8192 bits and rejects others")
    func modulusLength() throws {
        for bits in [2048, 2049, 3072, 8192] {
            let key = try PublicKey(rsaModulus: Self.modulus(bits: bits), exponent: [1, 0, 1])
            #expect(key.kind == .rsa(bits: bits))
        }
        for bits in [512, 1024, 2047] {
            #expect(throws: KeyError.rsaTooShort(bits: bits)) {
                try PublicKey(rsaModulus: Self.modulus(bits: bits), exponent: [1, 0, 1])
            }
        }
        #expect(throws: KeyError.rsaTooLong(bits: 8193)) {
            try PublicKey(rsaModulus: Self.modulus(bits: 8193), exponent: [1, 0, 1])
        }
        #expect(throws: KeyError.rsaTooShort(bits: 0)) { try PublicKey(rsaModulus: [], exponent: [1, 0, 1]) }
        // Leading zeros do not make a key longer.
        #expect(throws: KeyError.rsaTooShort(bits: 1024)) {
            try PublicKey(
                rsaModulus: [UInt8](repeating: 0, count: 200) + Self.modulus(bits: 1024), exponent: [1, 0, 1])
        }
    }

    @Test("rejects an even RSA modulus")
    func evenModulus() {
        var modulus = Self.modulus(bits: 2048)
        modulus[255] = 0xA6
        #expect(throws: KeyError.rsaModulusEven) { try PublicKey(rsaModulus: modulus, exponent: [1, 0, 1]) }
    }

    @Test(
        "rejects an RSA exponent that is even, 1, 0, empty or over 32 bits",
        arguments: [[], [0], [1], [0, 0, 0, 1], [2], [1, 0, 0], [1, 0, 0, 0, 1]] as [[UInt8]])
    func exponent(_ exponent: [UInt8]) {
        #expect(throws: KeyError.rsaExponent) {
            try PublicKey(rsaModulus: Self.modulus(bits: 2048), exponent: exponent)
        }
    }

    @Test("rejects an RSA modulus with the ROCA fingerprint")
    func roca() {
        // 1 is a power of 65537 modulo every prime, so a number that is 1 modulo their product has the fingerprint.
        let primes = [
            3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103,
            107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
        ]
        func multiply(_ number: [UInt8], by factor: Int) -> [UInt8] {
            var carry = 0
            var output = number
            for index in output.indices.reversed() {
                carry += Int(output[index]) * factor
                output[index] = UInt8(carry & 255)
                carry >>= 8
            }
            return output
        }
        var number = [UInt8](repeating: 0, count: 256)
        number[255] = 2
        for prime in primes { number = multiply(number, by: prime) }
        while number[0] & 0x80 == 0 { number = multiply(number, by: 2) }
        number[255] |= 1
        #expect(throws: KeyError.roca) {
            try PublicKey(rsaModulus: number, exponent: [1, 0, 1])
        }
    }

    @Test("rejects EC points off the curve, out of range or of the wrong length")
    func points() throws {
        let key = try PrivateKey.generate(.ec(.p256)).publicKey
        guard case .ec(_, let x, let y) = key.material else {
            Issue.record("not an EC key")
            return
        }
        var other = y
        other[31] ^= 1
        #expect(throws: KeyError.pointNotOnCurve) { try PublicKey(.p256, x: x, y: other) }
        #expect(throws: KeyError.pointNotOnCurve) {
            try PublicKey(.p256, x: x, y: [UInt8](repeating: 0xFF, count: 32))
        }
        #expect(throws: KeyError.pointNotOnCurve) {
            try PublicKey(.p256, x: [UInt8](repeating: 0, count: 32), y: [UInt8](repeating: 0, count: 32))
        }
        #expect(throws: KeyError.coordinateLength(expected: 32, found: 33)) {
            try PublicKey(.p256, x: [0] + x, y: y)
        }
        #expect(throws: KeyError.coordinateLength(expected: 32, found: 31)) {
            try PublicKey(.p256, x: x, y: Array(y.dropFirst()))
        }
        #expect(throws: KeyError.coordinateLength(expected: 48, found: 32)) { try PublicKey(.p384, x: x, y: y) }
    }

    @Test(
        "rejects Ed25519 points of small order, with either sign and in any encoding",
        arguments: [
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        ])
    func smallOrder(hex: String) throws {
        var point = try bytes(hex: hex)
        for _ in 0..<2 {
            #expect {
                try PublicKey(ed25519: point)
            } throws: { error in
                [.ed25519SmallOrder, .ed25519NotCanonical].contains(error as? KeyError)
            }
            point[31] |= 0x80
        }
    }

    @Test(
        "rejects an Ed25519 key that is not on the curve, with either sign of x",
        arguments: [2, 7, 8, 11, 12, 13] as [UInt8])
    func ed25519OffCurve(y: UInt8) throws {
        // These y have no x on the curve; 3, 4, 5, 6, 9 and 10 have two.
        for sign in [0, 0x80] as [UInt8] {
            #expect(throws: KeyError.pointNotOnCurve) {
                try PublicKey(ed25519: [y] + [UInt8](repeating: 0, count: 30) + [sign])
            }
        }
    }

    @Test("accepts every Ed25519 point of full order on the curve")
    func ed25519OnCurve() throws {
        for y in [3, 4, 5, 6, 9, 10] as [UInt8] {
            for sign in [0, 0x80] as [UInt8] {
                _ = try PublicKey(ed25519: [y] + [UInt8](repeating: 0, count: 30) + [sign])
            }
        }
        for _ in 0..<200 {
            let key = try PrivateKey.generate(.ed25519).publicKey
            guard case .ed25519(let x) = key.material else {
                Issue.record("not an Ed25519 key")
                return
            }
            #expect(try PublicKey(ed25519: x).material == key.material)
        }
    }

    @Test("rejects an Ed25519 key whose length is not 32 bytes")
    func ed25519Length() {
        #expect(throws: KeyError.ed25519Length(found: 31)) {
            try PublicKey(ed25519: [UInt8](repeating: 9, count: 31))
        }
        #expect(throws: KeyError.ed25519Length(found: 0)) { try PublicKey(ed25519: []) }
    }
}
