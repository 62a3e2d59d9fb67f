// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Cryptography

/// Tokens are verified on the event loop, so the slowest accepted key bounds how long other connections wait.
@Suite struct SlowestKeyTests {
    /// The processor time of one verification of a wrong signature, which costs as much as that of a right one; the
    /// lowest of several, which other work on the machine affects least.
    private func cost(_ key: PublicKey, _ algorithm: SignatureAlgorithm, signature: [UInt8]) -> Double {
        // A token of the largest size.
        let message = [UInt8](repeating: UInt8(ascii: "x"), count: 16 << 10)
        return (0..<9).map { _ in
            let start = threadTime()
            let isValid = key.verify(signature: signature.span, over: message.span, algorithm: algorithm)
            let time = threadTime() - start
            #expect(!isValid)
            return time
        }.min() ?? .infinity
    }

    private func threadTime() -> Double {
        var time = timespec()
        #expect(unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Any odd number of that length; the public operation takes the same time with each.
    private func rsa(bits: Int, exponent: [UInt8]) throws -> (PublicKey, [UInt8]) {
        var modulus = (0..<(bits / 8)).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) | 1 }
        modulus[0] = 0xC1
        return (try PublicKey(rsaModulus: modulus, exponent: exponent), [UInt8](repeating: 1, count: bits / 8))
    }

    @Test("the slowest accepted key takes at most 150 times as long as an RSA key of 2,048 bits")
    func slowest() throws {
        let (usual, usualSignature) = try rsa(bits: 2_048, exponent: [1, 0, 1])
        let limit = 150 * cost(usual, .rs256, signature: usualSignature)
        let (large, largeSignature) = try rsa(bits: 8_192, exponent: [0xFF, 0xFF, 0xFF, 0xFF])
        #expect(cost(large, .ps512, signature: largeSignature) < limit)
        #expect(cost(large, .rs512, signature: largeSignature) < limit)
        let curve = try PrivateKey.generate(.ec(.p521)).publicKey
        #expect(cost(curve, .es512, signature: [UInt8](repeating: 1, count: 132)) < limit)
    }
}
