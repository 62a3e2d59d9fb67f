import NIOCore

/// A body of `application/x-www-form-urlencoded`, read strictly: no parameter twice, no broken escape, UTF-8.
struct FormParameters: Sendable {
    /// Parameters at most; those of STS are nine.
    static let limit = 64

    private let values: [String: String]

    init(_ body: ByteBuffer) throws(FormError) {
        var values: [String: String] = [:]
        var count = 0
        for item in body.readableBytesView.split(separator: UInt8(ascii: "&")) {
            count += 1
            let parts = item.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard count <= Self.limit, parts.count == 2, let name = Self.decode(parts[0]), !name.isEmpty,
                let value = Self.decode(parts[1])
            else { throw .malformed }
            guard values.updateValue(value, forKey: name) == nil else { throw .repeated }
        }
        self.values = values
    }

    subscript(name: String) -> String? { values[name] }

    var names: Dictionary<String, String>.Keys { values.keys }

    private static func decode(_ bytes: ByteBufferView) -> String? {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var rest = bytes.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "+"): output.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.next().flatMap(digit), let low = rest.next().flatMap(digit) else { return nil }
                output.append(high << 4 | low)
            default: output.append(byte)
            }
        }
        return String(validating: output, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

enum FormError: Error, Equatable {
    case malformed
    case repeated
}
