// SPDX-License-Identifier: Apache-2.0

/// The part of an IAM policy that this sandbox evaluates: statements with an effect, actions, resources and the
/// conditions whose keys `Session.context` has.
///
/// A statement with anything else (other conditions, `NotAction`, variables) has `isUnderstood == false`, and one such
/// statement makes the whole policy allow nothing. A sandbox that guessed would let developers write wrong policies.
struct EvaluatedPolicy: Sendable, Hashable {
    enum Effect: String, Sendable {
        case allow = "Allow"
        case deny = "Deny"
    }

    struct Statement: Sendable, Hashable {
        let effect: Effect
        let actions: [String]
        let resources: [String]
        var conditions: [EvaluatedCondition] = []
        let isUnderstood: Bool

        func matches(action: String, resource: String, in context: [String: String]) -> Bool {
            // Actions are case-insensitive, resources are case-sensitive (IAM reference, policy elements).
            actions.contains { Wildcard.matches($0.lowercased(), action.lowercased()) }
                && resources.contains { Wildcard.matches($0, resource) }
                && conditions.allSatisfy { $0.holds(in: context) }
        }
    }

    let statements: [Statement]

    /// The IAM rule: at least one matching statement allows and none denies.
    /// - Parameter context: the request context by lower-case condition key.
    func allows(action: String, resource: String, in context: [String: String]) -> Bool {
        guard statements.allSatisfy(\.isUnderstood) else { return false }
        let matching = statements.filter { $0.matches(action: action, resource: resource, in: context) }
        return !matching.isEmpty && matching.allSatisfy { $0.effect == .allow }
    }
}
