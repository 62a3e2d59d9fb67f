// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Foundation
import TestSupport
import Testing

/// Verifies Wycheproof's signatures (Tests/Vectors/README.md).
struct PrimitiveVectorTests {
    private struct Vector: Decodable {
        let src: String
        let id: String
        let alg: String
        let jwk: [String: String]
        let message: String
        let signature: String
        let expect: String

        private enum CodingKeys: String, CodingKey {
            case src, id, alg, jwk, expect
            case message = "msg_hex"
            case signature = "sig_hex"
        }
    }

    @Test("accepts and rejects every signature vector as expected")
    func verdicts() throws {
        let decoder = JSONDecoder()
        let vectors = try Vectors.data("jws/primitive_vectors.jsonl").split(separator: UInt8(ascii: "\n"))
            .map { try decoder.decode(Vector.self, from: $0) }
        var keys: [[String: String]: PublicKey] = [:]
        var correct = 0
        for vector in vectors {
            let key = try keys[vector.jwk] ?? Self.key(vector.jwk)
            keys[vector.jwk] = key
            let algorithm = try #require(SignatureAlgorithm(rawValue: vector.alg))
            let accepted = try key.verifies(bytes(hex: vector.signature), over: bytes(hex: vector.message), algorithm)
            if accepted == (vector.expect == "accept") {
                correct += 1
            } else {
                Issue.record("\(vector.src) \(vector.id): expected \(vector.expect)")
            }
        }
        print("primitive vectors: \(correct) of \(vectors.count)")
        #expect(correct == 4121)
    }

    private static func key(_ jwk: [String: String]) throws -> PublicKey {
        func member(_ name: String) throws -> [UInt8] {
            let text = try #require(jwk[name])
            return try #require(Base64URL.decode(text))
        }
        switch jwk["kty"] {
        case "RSA": return try PublicKey(rsaModulus: member("n"), exponent: member("e"))
        case "EC":
            let curve = try #require(EllipticCurve(rawValue: jwk["crv"] ?? ""))
            return try PublicKey(curve, x: member("x"), y: member("y"))
        default: return try PublicKey(ed25519: member("x"))
        }
    }
}
