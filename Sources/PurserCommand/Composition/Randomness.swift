import AWS
import Cryptography

/// Random bytes of the system's.
enum Randomness {
    static func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// 32 hexadecimal digits, never the same twice.
    static let identifier: @Sendable () -> String = { Hex.encode(bytes(16)) }
}

extension PseudonymKey {
    /// One that lasts as long as the process.
    static func random() -> PseudonymKey {
        guard let key = PseudonymKey(Randomness.bytes(Self.length)) else {
            preconditionFailure("a pseudonym key takes \(Self.length) bytes")
        }
        return key
    }
}
