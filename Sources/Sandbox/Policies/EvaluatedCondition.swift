import FoundationEssentials

/// One condition of a statement: an operator, a key and the values of which one must fit (IAM reference, "Condition").
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
    /// As it is written; keys are compared without regard to case.
    let key: String
    let values: [String]

    /// - Parameter context: what the request says, by keys in lower case. A key that it does not have fails the plain
    ///   operators and meets the negated ones, as at IAM.
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
