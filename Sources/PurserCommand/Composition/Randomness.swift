// SPDX-License-Identifier: Apache-2.0

import AWS
import Cryptography

/// Random bytes from the system's generator.
enum Randomness {
    static func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// 128 random bits in 32 hexadecimal digits.
    static let identifier: @Sendable () -> String = { Hex.encode(bytes(16)) }
}

extension PseudonymKey {
    /// A key for the lifetime of the process.
    static func random() -> PseudonymKey {
        guard let key = PseudonymKey(Randomness.bytes(Self.length)) else {
            preconditionFailure("a pseudonym key takes \(Self.length) bytes")
        }
        return key
    }
}
