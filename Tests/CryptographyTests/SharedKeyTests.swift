// SPDX-License-Identifier: Apache-2.0

@testable import Cryptography
import Testing

/// Concurrent verifications with one key.
struct SharedKeyTests {
    private struct Case: Sendable {
        let signature: [UInt8]
        let message: [UInt8]
        let algorithm: SignatureAlgorithm
        let valid: Bool
    }

    private static let message = Array("header.payload".utf8)

    /// For each algorithm: a good signature, one over another message, one with a changed bit, a truncated one, and the
    /// good one under the name of each other algorithm.
    private static func cases(_ key: PrivateKey, _ algorithms: [SignatureAlgorithm]) throws -> [Case] {
        try algorithms.flatMap { algorithm in
            let good = try key.signed(message, algorithm)
            let other = try key.signed(message + [0], algorithm)
            var flipped = good
            flipped[good.count / 2] ^= 1
            let bad = [other, flipped, good.dropLast()].map {
                Case(signature: $0, message: message, algorithm: algorithm, valid: false)
            }
            let renamed = algorithms.filter { $0 != algorithm }.map {
                Case(signature: good, message: message, algorithm: $0, valid: false)
            }
            return [Case(signature: good, message: message, algorithm: algorithm, valid: true)] + bad + renamed
        }
    }

    private static let kinds: [(PrivateKey.Kind, [SignatureAlgorithm])] = [
        (.rsa(bits: 2048), [.rs256, .rs384, .rs512, .ps256, .ps384, .ps512]), (.ec(.p256), [.es256]),
        (.ec(.p384), [.es384]), (.ed25519, [.edDSA]),
    ]

    @Test("concurrent verifications with one key return the right result for each signature")
    func concurrent() async throws {
        for (kind, algorithms) in Self.kinds {
            let key = try PrivateKey.generate(kind)
            let cases = try Self.cases(key, algorithms)
            let publicKey = key.publicKey
            let wrong = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<32 {
                    group.addTask {
                        (cases + cases).shuffled().count {
                            publicKey.verifies($0.signature, over: $0.message, $0.algorithm) != $0.valid
                        }
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(wrong == 0, "\(algorithms)")
            #expect(publicKey.contexts.count { _ in true } <= VerificationContextPool.limit)
        }
    }

    @Test("sequential verifications with one key and algorithm reuse one context")
    func reused() throws {
        let key = try PrivateKey.generate(.rsa(bits: 2048))
        let signature = try key.signed(Self.message, .rs256)
        for _ in 0..<3 {
            #expect(key.publicKey.verifies(signature, over: Self.message, .rs256))
            #expect(key.publicKey.contexts.count { _ in true } == 1)
        }
        let other = try key.signed(Self.message, .ps256)
        #expect(key.publicKey.verifies(other, over: Self.message, .ps256))
        #expect(key.publicKey.contexts.count { _ in true } == 2)
    }

    @Test("discards a context that rejected a signature and accepts the next good one")
    func afterBad() throws {
        let key = try PrivateKey.generate(.rsa(bits: 2048))
        for testCase in try Self.cases(key, [.rs256, .ps256]) {
            #expect(
                key.publicKey.verifies(testCase.signature, over: testCase.message, testCase.algorithm)
                    == testCase.valid)
        }
        let good = try key.signed(Self.message, .rs256)
        #expect(key.publicKey.verifies(good, over: Self.message, .rs256))
        let flipped = [good[0] ^ 1] + good.dropFirst()
        #expect(!key.publicKey.verifies(flipped, over: Self.message, .rs256))
        #expect(key.publicKey.contexts.count { $0.algorithm == .rs256 } == 0)
        #expect(key.publicKey.verifies(good, over: Self.message, .rs256))
    }

    @Test("the pool keeps at most its limit of contexts and evicts the longest idle one")
    func bounded() throws {
        let key = try PrivateKey.generate(.rsa(bits: 2048)).publicKey
        let pool = VerificationContextPool()
        func context(_ algorithm: SignatureAlgorithm) throws -> VerificationContext {
            try #require(unsafe VerificationContext(key: key.handle, algorithm: algorithm))
        }
        pool.put(try context(.rs512))
        for _ in 0..<VerificationContextPool.limit { pool.put(try context(.rs256)) }
        #expect(pool.count { _ in true } == VerificationContextPool.limit)
        #expect(pool.take(for: .rs512) == nil)
        #expect(pool.take(for: .rs256) != nil)
    }
}
