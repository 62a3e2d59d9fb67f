// SPDX-License-Identifier: Apache-2.0

/// `-? int frac? exp?` (RFC 8259 §6).
extension JSONScanner {
    /// Checks up to the end of the piece, or to the byte after the number, which it does not consume.
    mutating func scanNumber(_ bytes: Span<UInt8>, _ index: inout Int) throws(JSONError) {
        while index < bytes.count {
            let byte = bytes[index]
            if (0x30...0x39).contains(byte) {
                guard state != .zero else { throw problem(.number, at: index) }
                state = afterDigit(byte)
            } else if let next = afterMark(byte) {
                state = next
            } else {
                switch state {
                case .zero, .integer, .fraction, .exponent: state = .afterValue
                default: throw problem(.number, at: index)
                }
                return
            }
            index += 1
        }
    }

    private func afterDigit(_ byte: UInt8) -> State {
        switch state {
        case .minus: byte == UInt8(ascii: "0") ? .zero : .integer
        case .point, .fraction: .fraction
        case .exponentMark, .exponentSign, .exponent: .exponent
        default: .integer
        }
    }

    /// `nil` if the number cannot continue with this byte.
    private func afterMark(_ byte: UInt8) -> State? {
        switch (state, byte) {
        case (.zero, UInt8(ascii: ".")), (.integer, UInt8(ascii: ".")): .point
        case (.zero, 0x45), (.zero, 0x65), (.integer, 0x45), (.integer, 0x65), (.fraction, 0x45), (.fraction, 0x65):
            .exponentMark
        case (.exponentMark, UInt8(ascii: "+")), (.exponentMark, UInt8(ascii: "-")): .exponentSign
        default: nil
        }
    }
}
