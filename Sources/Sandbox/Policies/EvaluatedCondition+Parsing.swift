import FoundationEssentials
import StrictJSON
import Tokens

extension EvaluatedCondition {
    /// - Parameter json: a statement's member `EvaluatedCondition`, where it has one.
    static func list(_ json: JSONValue?) throws(ConditionError) -> [EvaluatedCondition] {
        guard let json else { return [] }
        guard let operators = json.object else { throw .syntax }
        var conditions: [EvaluatedCondition] = []
        for (name, keys) in operators.members {
            guard let keys = keys.object else { throw .syntax }
            guard let comparison = Comparison(rawValue: name) else {
                throw .beyond("the condition operator \(name)")
            }
            for (key, value) in keys.members {
                let list = value.array ?? [value]
                let values = list.compactMap(\.string)
                guard !values.isEmpty, values.count == list.count else { throw .syntax }
                guard !values.contains(where: { $0.contains("${") }) else { throw .beyond("policy variables") }
                guard comparison != .dateLessThan || values.allSatisfy({ date($0) != nil }) else { throw .syntax }
                conditions.append(EvaluatedCondition(comparison: comparison, key: key, values: values))
            }
        }
        return conditions
    }

    /// ISO 8601, in whole seconds and UTC: `2026-11-21T08:00:00Z`.
    static func date(_ text: String) -> Date? {
        // That it is no date is all there is to know.
        try? Date(text, strategy: .iso8601)
    }
}

enum ConditionError: Error {
    /// What IAM would call malformed.
    case syntax
    /// What IAM knows and this sandbox does not, in words.
    case beyond(String)
}
