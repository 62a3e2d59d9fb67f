/// A source of so many random bytes.
package typealias RandomBytes = @Sendable (_ count: Int) -> [UInt8]

/// The operating system's.
package func systemRandomBytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in .random(in: .min ... .max, using: &generator) }
}
