// SPDX-License-Identifier: Apache-2.0

import Vending

/// Classes of bytes in the fast lane's grammar.
enum ByteClass {
    /// RFC 9110 §5.6.2, `tchar`.
    static func isToken(_ byte: UInt8) -> Bool { contains(tokens, byte) }

    /// A character of an app's name; see `AppName`.
    static func isAppName(_ byte: UInt8) -> Bool { contains(names, byte) }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        byte.isASCIIAlphanumeric
    }

    /// The place of the first byte from `start` on that is neither visible ASCII nor a space; `limit` if there is none.
    static func endOfText(_ bytes: UnsafeRawBufferPointer, from start: Int, limit: Int) -> Int {
        var place = start
        while place + 8 <= limit {
            let word = unsafe bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            // The high bit of a byte is set if it is below 0x20 or above 0x7E. A borrow or carry of such a byte may also
            // set that of a byte ahead of it, so the bytes are looked at one by one from here.
            let others = (word &- Self.spaces) & ~word | (word &+ Self.ones) | word
            if others & Self.highBits != 0 { break }
            place += 8
        }
        while place < limit, unsafe (0x20...0x7E).contains(bytes[place]) { place += 1 }
        return place
    }

    private static let spaces: UInt64 = 0x2020_2020_2020_2020
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    private typealias Set = (low: UInt64, high: UInt64)

    private static func contains(_ set: Set, _ byte: UInt8) -> Bool {
        byte < 64 ? set.low >> UInt64(byte) & 1 == 1 : byte < 128 && set.high >> UInt64(byte - 64) & 1 == 1
    }

    /// Letters, digits and `!#$%&'*+-.^_`|~`.
    private static let tokens: Set = (low: 0x03FF6CFA00000000, high: 0x57FFFFFFC7FFFFFE)
    /// Letters, digits and `-_.`.
    private static let names: Set = (low: 0x03FF600000000000, high: 0x07FFFFFE87FFFFFE)
}
