// SPDX-License-Identifier: Apache-2.0

import StrictJSON

/// The condition of a statement, copied without interpretation: AWS evaluates it, not Purser.
package struct PolicyCondition: Hashable, Sendable {
    /// JSON in ASCII.
    let json: String

    /// - Returns: `nil` if this is not a condition, or has an operator that IAM does not define.
    init?(_ members: [(name: String, value: JSONValue)]) {
        var operators: [String] = []
        for (name, keys) in members {
            guard Self.isOperator(name), let keys = keys.members, !keys.isEmpty else { return nil }
            var fields: [String] = []
            for (key, values) in keys {
                guard !key.isEmpty, let text = Self.values(values) else { return nil }
                fields.append("\(Self.text(key)):\(text)")
            }
            operators.append("\(Self.text(name)):{\(fields.joined(separator: ","))}")
        }
        json = "{\(operators.joined(separator: ","))}"
    }

    private static func values(_ json: JSONValue) -> String? {
        if case .array(let list) = json {
            let texts = list.compactMap(value)
            return !texts.isEmpty && texts.count == list.count ? "[\(texts.joined(separator: ","))]" : nil
        }
        return value(json)
    }

    private static func value(_ json: JSONValue) -> String? {
        switch json {
        case .string(let string): text(string)
        case .number(let number): number
        case .bool(let flag): String(flag)
        case .null, .array, .object: nil
        }
    }

    /// A JSON string in ASCII: STS rejects characters above U+00FF in a policy.
    private static func text(_ text: String) -> String {
        JSONText.string(text).utf16.reduce(into: "") { output, unit in
            if unit < 0x7F {
                output.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
            } else {
                let digits = String(unit, radix: 16)
                output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
    }

    /// IAM reference, "Condition operators".
    private static func isOperator(_ name: String) -> Bool {
        var name = name[...]
        for prefix in ["ForAnyValue:", "ForAllValues:"] where name.hasPrefix(prefix) {
            name = name.dropFirst(prefix.count)
            break
        }
        if name.hasSuffix("IfExists"), name != "NullIfExists" { name = name.dropLast("IfExists".count) }
        return operators.contains(String(name))
    }

    private static let operators: Set<String> = [
        "StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike",
        "StringNotLike", "NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals",
        "NumericGreaterThan", "NumericGreaterThanEquals", "DateEquals", "DateNotEquals", "DateLessThan",
        "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals", "Bool", "BinaryEquals", "IpAddress",
        "NotIpAddress", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "Null",
    ]
}
