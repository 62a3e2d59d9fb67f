// SPDX-License-Identifier: Apache-2.0

/// The rules for an RSA public key, checked before libcrypto reads it.
enum RSAModulus {
    /// - Parameters: both big-endian, without leading zeros.
    static func check(modulus: [UInt8], exponent: [UInt8]) throws(KeyError) {
        let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
        guard bits >= 2048 else { throw .rsaTooShort(bits: bits) }
        guard bits <= 8192 else { throw .rsaTooLong(bits: bits) }
        guard modulus[modulus.count - 1] & 1 == 1 else { throw .rsaModulusEven }
        guard exponent.count <= 4, let last = exponent.last, last & 1 == 1, exponent != [1] else {
            throw .rsaExponent
        }
        guard !hasROCAFingerprint(modulus) else { throw .roca }
    }

    /// Moduli of the flawed generator are powers of 65537 modulo each small prime (Nemec et al., "The Return of
    /// Coppersmith's Attack", §2.2). One in 2²⁷ other moduli has the fingerprint by chance.
    static func hasROCAFingerprint(_ modulus: [UInt8]) -> Bool {
        powers.allSatisfy { prime, members in
            members.contains(modulus.reduce(0) { ($0 << 8 | Int($1)) % prime })
        }
    }

    private static let powers: [(prime: Int, members: Set<Int>)] = {
        let primes = [
            3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103,
            107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
        ]
        return primes.map { prime in
            var members: Set<Int> = []
            var power = 1
            while members.insert(power).inserted {
                power = power * 65537 % prime
            }
            return (prime, members)
        }
    }()
}
