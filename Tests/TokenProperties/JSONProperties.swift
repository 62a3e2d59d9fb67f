private import Foundation
import StrictJSON
private import Tokens

/// The strict parser against Foundation's: whatever the strict one takes, the other takes too and reads alike.
enum JSONProperties {
    static func check(_ input: [UInt8]) throws(PropertyViolation) -> Bool {
        guard let value = try? JSONValue.parse(input) else { return false }
        try agree(value, input)
        let again = try? JSONValue.parse(input)
        try PropertyViolation.require(again.map { text($0) } == text(value), "a second parse reads something else")
        return true
    }

    /// Compares the members of the outermost object.
    private static func agree(_ value: JSONValue, _ input: [UInt8]) throws(PropertyViolation) {
        // Foundation has no place for such numbers, and it loses a byte order mark that follows an escape; both are JSON.
        guard !holdsHugeNumber(value), input.firstRange(of: [0xEF, 0xBB, 0xBF]) == nil else { return }
        let other = try? JSONSerialization.jsonObject(with: Data(input), options: .fragmentsAllowed)
        try PropertyViolation.require(other != nil, "accepted, but not by Foundation")
        switch (value, other) {
        case (.object(let object), let other as [String: Any]):
            // Foundation compares names as canonically equivalent text, so two of ours may be one of its.
            try PropertyViolation.require(object.members.count >= other.count, "members are missing")
            let names = Set(object.members.map(\.name))
            try PropertyViolation.require(other.keys.allSatisfy(names.contains), "a member's name differs")
            for (name, value) in object.members {
                if let string = value.string, let found = other[name] as? String {
                    try PropertyViolation.require(string == found, "a string differs")
                }
            }
        case (.object, _), (_, is [String: Any]): throw PropertyViolation("an object for one of the two only")
        case (.array(let values), let other as [Any]):
            try PropertyViolation.require(values.count == other.count, "elements are missing")
        case (.string(let text), let other as String): try PropertyViolation.require(text == other, "the text differs")
        case (.bool(let flag), let other as Bool): try PropertyViolation.require(flag == other, "the boolean differs")
        case (.null, is NSNull), (.number, is NSNumber): break
        default: throw PropertyViolation("different kinds of value")
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
