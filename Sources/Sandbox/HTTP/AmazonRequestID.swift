// SPDX-License-Identifier: Apache-2.0

private import Cryptography

/// Makes request ids in the form of AWS's services: a UUID.
enum AmazonRequestID {
    static func make(_ random: RandomBytes) -> String {
        let digits = Array(Hex.encode(random(16)))
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }
}
