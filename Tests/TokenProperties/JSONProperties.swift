// SPDX-License-Identifier: Apache-2.0

private import Foundation
import StrictJSON
private import Tokens

/// Compares the strict parser with Foundation's: Foundation must accept what the strict parser accepts, with equal
/// values.
enum JSONProperties {
    static func check(_ input: [UInt8]) throws(PropertyViolation) -> Bool {
        guard let value = try? JSONValue.parse(input) else { return false }
        try compare(value, input)
        let again = try? JSONValue.parse(input)
        try PropertyViolation.require(again.map { text($0) } == text(value), "a second parse returns another value")
        return true
    }

    /// Compares the members of the outermost object.
    private static func compare(_ value: JSONValue, _ input: [UInt8]) throws(PropertyViolation) {
        // Foundation cannot represent such numbers and drops a byte order mark after an escape; both are valid JSON.
        guard !holdsHugeNumber(value), input.firstRange(of: [0xEF, 0xBB, 0xBF]) == nil else { return }
        let other = try? JSONSerialization.jsonObject(with: Data(input), options: .fragmentsAllowed)
        try PropertyViolation.require(other != nil, "accepted here but not by Foundation")
        switch (value, other) {
        case (.object(let object), let other as [String: Any]):
            // Foundation compares names by canonical equivalence, so two names here may be one name there.
            try PropertyViolation.require(object.members.count >= other.count, "members are missing")
            let names = Set(object.members.map(\.name))
            try PropertyViolation.require(other.keys.allSatisfy(names.contains), "a member's name differs")
            for (name, value) in object.members {
                if let string = value.string, let found = other[name] as? String {
                    try PropertyViolation.require(string == found, "a string differs")
                }
            }
        case (.object, _), (_, is [String: Any]): throw PropertyViolation("only one of the two is an object")
        case (.array(let values), let other as [Any]):
            try PropertyViolation.require(values.count == other.count, "elements are missing")
        case (.string(let text), let other as String): try PropertyViolation.require(text == other, "the text differs")
        case (.bool(let flag), let other as Bool): try PropertyViolation.require(flag == other, "the boolean differs")
        case (.null, is NSNull), (.number, is NSNumber): break
        default: throw PropertyViolation("the types of the values differ")
        }
    }

    private static func holdsHugeNumber(_ value: JSONValue) -> Bool {
        switch value {
        case .number(let text): text.utf8.count > 17 || text.contains { "eE".contains($0) }
        case .array(let values): values.contains(where: holdsHugeNumber)
        case .object(let object): object.members.contains { holdsHugeNumber($0.value) }
        default: false
        }
    }

    private static func text(_ value: JSONValue) -> String { "\(value)" }
}
