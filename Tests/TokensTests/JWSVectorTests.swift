// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing
import Tokens
import Vending

/// Verifies tokens of Wycheproof, RFC 7515 and the JOSE cookbook (Tests/Vectors/README.md).
struct JWSVectorTests {
    @Test("accepts and rejects every JWS vector as expected")
    func verdicts() throws {
        var correct = 0
        var total = 0
        for line in try Vectors.data("jws/jws_vectors.jsonl").split(separator: UInt8(ascii: "\n")) {
            let vector = try #require(try JSONSerialization.jsonObject(with: line) as? [String: Any])
            let jwks = try JSONSerialization.data(withJSONObject: try #require(vector["jwks"]))
            let token = try #require(vector["jws"] as? String)
            let expected = try #require(vector["expect"] as? String)
            total += 1
            let refusal = Self.refusal(of: token, jwks: Array(jwks))
            if (refusal == nil) == (expected == "accept") {
                correct += 1
            } else {
                Issue.record(
                    "\(vector["src"] ?? "") \(vector["id"] ?? ""): expected \(expected), got \(refusal ?? "accept")")
            }
        }
        print("jws vectors: \(correct) of \(total)")
        #expect(correct == 683)
    }

    private static func refusal(of token: String, jwks: [UInt8]) -> String? {
        do {
            _ = try CompactSignature.verify(Array(token.utf8), with: KeySet(jwks: jwks))
            return nil
        } catch {
            return "\(error)"
        }
    }
}
