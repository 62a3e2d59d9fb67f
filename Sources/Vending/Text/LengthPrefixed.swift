// SPDX-License-Identifier: Apache-2.0

/// An injective encoding of a list of strings as one string.
package enum LengthPrefixed {
    /// Prefixes each field with its length in bytes, so that two different lists never have the same encoding.
    package static func encode(_ fields: [String]) -> String {
        fields.map { "\($0.utf8.count):\($0)" }.joined()
    }

    /// `nil` if the bytes are not an encoded list.
    package static func decode(_ bytes: [UInt8]) -> [String]? {
        var rest = bytes[...]
        var fields: [String] = []
        while !rest.isEmpty {
            guard let colon = rest.firstIndex(of: UInt8(ascii: ":")),
                let count = Int(String(decoding: rest[..<colon], as: UTF8.self)), count >= 0,
                count < rest.endIndex - colon,
                let field = String(validating: rest[(colon + 1)...].prefix(count), as: UTF8.self)
            else { return nil }
            fields.append(field)
            rest = rest[(colon + 1)...].dropFirst(count)
        }
        return fields
    }
}
