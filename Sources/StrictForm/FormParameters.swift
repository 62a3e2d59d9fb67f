// SPDX-License-Identifier: Apache-2.0

/// The parameters of an `application/x-www-form-urlencoded` body (URL Standard §5.1), parsed strictly: no duplicate
/// parameters, no malformed percent-encoding, valid UTF-8.
package struct FormParameters: Sendable {
    private let values: [String: String]

    /// - Parameter limit: the maximum number of parameters.
    package init(_ body: some Collection<UInt8>, limit: Int) throws(FormError) {
        var values: [String: String] = [:]
        var count = 0
        for item in body.split(separator: UInt8(ascii: "&")) {
            count += 1
            guard count <= limit else { throw .tooMany }
            let parts = item.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let name = Self.decode(parts[0]), !name.isEmpty,
                let value = Self.decode(parts[1])
            else { throw .malformed }
            guard values.updateValue(value, forKey: name) == nil else { throw .duplicate(name) }
        }
        self.values = values
    }

    package subscript(name: String) -> String? { values[name] }

    package var names: some Collection<String> { values.keys }

    /// `+` is a space; `%` and two hexadecimal digits are one byte.
    private static func decode(_ bytes: some Collection<UInt8>) -> String? {
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

/// Why a form body is rejected.
package enum FormError: Error, Equatable, Sendable {
    case malformed
    /// The name of the parameter.
    case duplicate(String)
    case tooMany
}
