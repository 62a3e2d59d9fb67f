// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// Connects a response with its log line and audit event. Unique within the process; the random start value makes
/// collisions between processes unlikely.
package enum RequestID {
    private static let last = Atomic<UInt64>(UInt64.random(in: .min ... .max))

    /// 16 hexadecimal digits.
    package static func next() -> String {
        // An odd step visits every value once. This step makes consecutive ids differ in their first digits.
        let value = last.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        return unsafe String(unsafeUninitializedCapacity: 16) { bytes in
            for index in 0..<16 {
                let digit = UInt8(truncatingIfNeeded: value >> (60 - 4 * index)) & 15
                unsafe bytes[index] = digit < 10 ? 0x30 + digit : 0x57 + digit
            }
            return 16
        }
    }
}
