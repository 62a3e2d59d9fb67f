// SPDX-License-Identifier: Apache-2.0

/// Checks UTF-8 byte by byte (the Unicode Standard, table 3-7). Rejects surrogates and overlong forms.
struct UTF8Sequence {
    private var remaining = 0
    /// The range of the next byte.
    private var lower: UInt8 = 0x80
    private var upper: UInt8 = 0xBF

    /// Whether the last byte ended a character.
    var isComplete: Bool { remaining == 0 }

    mutating func accept(_ byte: UInt8) -> Bool {
        if remaining > 0 {
            guard byte >= lower, byte <= upper else { return false }
            remaining -= 1
            (lower, upper) = (0x80, 0xBF)
            return true
        }
        switch byte {
        case 0x00...0x7F: break
        case 0xC2...0xDF: remaining = 1
        case 0xE0: (remaining, lower) = (2, 0xA0)
        case 0xED: (remaining, upper) = (2, 0x9F)
        case 0xE1...0xEF: remaining = 2
        case 0xF0: (remaining, lower) = (3, 0x90)
        case 0xF1...0xF3: remaining = 3
        case 0xF4: (remaining, upper) = (3, 0x8F)
        default: return false
        }
        return true
    }
}
