// SPDX-License-Identifier: Apache-2.0

/// Decodes the digits of `\uXXXX`, and of the surrogate pair that two of them may form.
struct UnicodeEscape {
    private var unit: UInt16 = 0
    private var digits = 0
    /// The first half of a surrogate pair.
    private var lead: UInt16?

    enum Progress {
        case incomplete
        /// The first half of a surrogate pair is complete: `\u` and the second half must follow.
        case needsTrail
        case scalar(Unicode.Scalar)
        case rejected(JSONError.Kind)
    }

    mutating func accept(_ byte: UInt8) -> Progress {
        switch byte {
        case 0x30...0x39: unit = unit << 4 | UInt16(byte - 0x30)
        case 0x41...0x46: unit = unit << 4 | UInt16(byte - 0x41 + 10)
        case 0x61...0x66: unit = unit << 4 | UInt16(byte - 0x61 + 10)
        default: return .rejected(.escape)
        }
        digits += 1
        guard digits == 4 else { return .incomplete }
        digits = 0
        return complete()
    }

    private mutating func complete() -> Progress {
        if let lead {
            self.lead = nil
            let value = 0x10000 + (UInt32(lead) & 0x3FF) << 10 + (UInt32(unit) & 0x3FF)
            guard UTF16.isTrailSurrogate(unit), let scalar = Unicode.Scalar(value) else {
                return .rejected(.loneSurrogate)
            }
            return .scalar(scalar)
        }
        if UTF16.isLeadSurrogate(unit) {
            lead = unit
            return .needsTrail
        }
        guard unit != 0 else { return .rejected(.nul) }
        return Unicode.Scalar(unit).map(Progress.scalar) ?? .rejected(.loneSurrogate)
    }
}
