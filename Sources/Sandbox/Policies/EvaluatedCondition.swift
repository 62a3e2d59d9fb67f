// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// One condition of a statement: an operator, a key and values, of which one must match (IAM reference, "Condition").
struct EvaluatedCondition: Sendable, Hashable {
    enum Comparison: String, Sendable {
        case equals = "StringEquals"
        case notEquals = "StringNotEquals"
        case like = "StringLike"
        case notLike = "StringNotLike"
        case dateLessThan = "DateLessThan"

        var isNegated: Bool { self == .notEquals || self == .notLike }
    }

    let comparison: Comparison
    /// As written in the policy. Keys are compared case-insensitively.
    let key: String
    let values: [String]

    /// - Parameter context: the request context by lower-case condition key. As in IAM, an absent key fails the plain
    ///   operators and satisfies the negated ones.
    func holds(in context: [String: String]) -> Bool {
        guard let found = context[key.lowercased()] else { return comparison.isNegated }
        let fits =
            switch comparison {
            case .equals, .notEquals: values.contains(found)
            case .like, .notLike: values.contains { Wildcard.matches($0, found) }
            case .dateLessThan: Self.isDate(found, before: values)
            }
        return fits != comparison.isNegated
    }

    private static func isDate(_ text: String, before others: [String]) -> Bool {
        guard let date = date(text) else { return false }
        return others.compactMap(Self.date).contains { date < $0 }
    }
}
