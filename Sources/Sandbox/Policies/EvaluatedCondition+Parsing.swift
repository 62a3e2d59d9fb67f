// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import StrictJSON
import Tokens

extension EvaluatedCondition {
    /// - Parameter json: a statement's member `Condition`; `nil` if it has none.
    static func list(_ json: JSONValue?) throws(ConditionError) -> [EvaluatedCondition] {
        guard let json else { return [] }
        guard let operators = json.object else { throw .syntax }
        var conditions: [EvaluatedCondition] = []
        for (name, keys) in operators.members {
            guard let keys = keys.object else { throw .syntax }
            guard let comparison = Comparison(rawValue: name) else {
                throw .unsupported("the condition operator \(name)")
            }
            for (key, value) in keys.members {
                let list = value.array ?? [value]
                let values = list.compactMap(\.string)
                guard !values.isEmpty, values.count == list.count else { throw .syntax }
                guard !values.contains(where: { $0.contains("${") }) else { throw .unsupported("policy variables") }
                guard comparison != .dateLessThan || values.allSatisfy({ date($0) != nil }) else { throw .syntax }
                conditions.append(EvaluatedCondition(comparison: comparison, key: key, values: values))
            }
        }
        return conditions
    }

    /// - Parameter text: ISO 8601 in UTC with whole seconds: `2026-11-21T08:00:00Z`.
    static func date(_ text: String) -> Date? {
        // The parser's error has no detail that a policy's author could use.
        try? Date(text, strategy: .iso8601)
    }
}

enum ConditionError: Error {
    /// IAM would reject the condition as malformed.
    case syntax
    /// IAM supports it and this sandbox does not. The payload names the unsupported feature in plain text.
    case unsupported(String)
}
