import Foundation
import TestSupport
import Testing
import Tokens
import Vending

/// Tokens of Wycheproof, RFC 7515 and the JOSE cookbook (Tests/Vectors/README.md).
struct JWSVectorTests {
    @Test("every JWS vector gets its expected verdict")
    func verdicts() throws {
        var right = 0
        var total = 0
        for line in try Vectors.data("jws/jws_vectors.jsonl").split(separator: UInt8(ascii: "\n")) {
            let vector = try #require(try JSONSerialization.jsonObject(with: line) as? [String: Any])
            let jwks = try JSONSerialization.data(withJSONObject: try #require(vector["jwks"]))
            let token = try #require(vector["jws"] as? String)
            let expected = try #require(vector["expect"] as? String)
            total += 1
            let refusal = Self.refusal(of: token, jwks: Array(jwks))
            if (refusal == nil) == (expected == "accept") {
                right += 1
            } else {
                Issue.record(
                    "\(vector["src"] ?? "") \(vector["id"] ?? ""): expected \(expected), got \(refusal ?? "accept")")
            }
        }
        print("jws vectors: \(right) of \(total)")
        #expect(right == 683)
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
