// SPDX-License-Identifier: Apache-2.0

/// A source of cryptographically secure random bytes. Tests inject their own.
package typealias RandomBytes = @Sendable (_ count: Int) -> [UInt8]

/// Random bytes of the operating system's generator.
package func systemRandomBytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in .random(in: .min ... .max, using: &generator) }
}
