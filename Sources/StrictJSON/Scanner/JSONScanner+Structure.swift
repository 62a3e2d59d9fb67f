// SPDX-License-Identifier: Apache-2.0

/// Objects, arrays and literals (RFC 8259 §2–§5).
extension JSONScanner {
    mutating func scanStructure(_ bytes: Span<UInt8>, _ index: inout Int) throws(JSONError) {
        var byte = bytes[index]
        while byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            index += 1
            guard index < bytes.count else { return }
            byte = bytes[index]
        }
        switch state {
        case .start:
            guard byte == UInt8(ascii: "{") else { throw problem(.notObject, at: index) }
            try open(.object, at: index)
        case .firstElement where byte == UInt8(ascii: "]"), .firstName where byte == UInt8(ascii: "}"): close()
        case .value, .firstElement: try beginValue(byte, at: index)
        case .firstName, .nextName:
            guard byte == UInt8(ascii: "\"") else { throw problem(.unexpected, at: index) }
            name.begin(atDepth: depth)
            destination = .name
            state = .text
        case .colon:
            guard byte == UInt8(ascii: ":") else { throw problem(.unexpected, at: index) }
            state = .value
        case .afterValue:
            let isObject = objects >> UInt32(depth - 1) & 1 == 1
            if byte == UInt8(ascii: ",") {
                state = isObject ? .nextName : .value
            } else if byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                close()
            } else {
                throw problem(.unexpected, at: index)
            }
        default: throw problem(.trailingData, at: index)
        }
        index += 1
    }

    private mutating func beginValue(_ byte: UInt8, at index: Int) throws(JSONError) {
        switch byte {
        case UInt8(ascii: "\""):
            destination = search.beginValue(.string) ? .value : .nowhere
            state = .text
        case UInt8(ascii: "{"): try open(.object, at: index)
        case UInt8(ascii: "["): try open(.array, at: index)
        case UInt8(ascii: "-"): beginScalar(.number, .minus)
        case UInt8(ascii: "0"): beginScalar(.number, .zero)
        case UInt8(ascii: "1")...UInt8(ascii: "9"): beginScalar(.number, .integer)
        case UInt8(ascii: "t"): beginLiteral(.bool, "rue")
        case UInt8(ascii: "f"): beginLiteral(.bool, "alse")
        case UInt8(ascii: "n"): beginLiteral(.null, "ull")
        default: throw problem(.unexpected, at: index)
        }
    }

    private mutating func beginScalar(_ type: JSONType, _ next: State) {
        _ = search.beginValue(type)
        state = next
    }

    private mutating func beginLiteral(_ type: JSONType, _ rest: StaticString) {
        beginScalar(type, .literal)
        literal = 0
        for index in (0..<rest.utf8CodeUnitCount).reversed() {
            literal = unsafe literal << 8 | UInt32(rest.utf8Start[index])
        }
    }

    mutating func scanLiteral(_ byte: UInt8, at index: Int) throws(JSONError) {
        guard byte == UInt8(truncatingIfNeeded: literal) else { throw problem(.unexpected, at: index) }
        literal >>= 8
        if literal == 0 { state = .afterValue }
    }

    private mutating func open(_ type: JSONType, at index: Int) throws(JSONError) {
        guard depth < JSONParser.depthLimit else { throw problem(.tooDeep, at: index) }
        _ = search.beginValue(type)
        let bit: UInt32 = 1 << UInt32(depth)
        depth += 1
        if type == .object {
            objects |= bit
            openNames.open()
            state = .firstName
        } else {
            objects &= ~bit
            state = .firstElement
        }
    }

    private mutating func close() {
        search.endContainer(atDepth: depth)
        depth -= 1
        if objects >> UInt32(depth) & 1 == 1 { openNames.close() }
        state = depth == 0 ? .end : .afterValue
    }
}
