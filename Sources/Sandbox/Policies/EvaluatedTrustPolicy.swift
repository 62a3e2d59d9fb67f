// SPDX-License-Identifier: Apache-2.0

/// A role's trust policy: which principals may assume the role, with which actions and on which conditions.
struct EvaluatedTrustPolicy: Sendable, Hashable {
    enum Principal: Sendable, Hashable {
        /// The ARN of a user or session.
        case aws(String)
        /// The ARN of an OIDC provider.
        case federated(String)
    }

    struct Statement: Sendable, Hashable {
        var effect: EvaluatedPolicy.Effect
        var principals: [Principal]
        var actions: [String]
        var conditions: [EvaluatedCondition]

        func matches(action: String, by principal: Principal, in context: [String: String]) -> Bool {
            principals.contains(principal)
                && actions.contains { Wildcard.matches($0.lowercased(), action.lowercased()) }
                && conditions.allSatisfy { $0.holds(in: context) }
        }
    }

    private(set) var statements: [Statement]

    init(statements: [Statement]) {
        self.statements = statements
    }

    /// The IAM rule: at least one matching statement allows and none denies.
    func allows(action: String, by principal: Principal, in context: [String: String]) -> Bool {
        let matching = statements.filter { $0.matches(action: action, by: principal, in: context) }
        return !matching.isEmpty && matching.allSatisfy { $0.effect == .allow }
    }

    /// A copy with `name` in place of the placeholder `SandboxConfiguration.identityProvider`.
    func replacingIdentityProvider(with name: String) -> EvaluatedTrustPolicy {
        func replace(_ text: String) -> String {
            text.replacing(SandboxConfiguration.identityProvider, with: name)
        }
        return EvaluatedTrustPolicy(
            statements: statements.map { statement in
                var statement = statement
                statement.principals = statement.principals.map { principal in
                    if case .federated(let arn) = principal { .federated(replace(arn)) } else { principal }
                }
                statement.conditions = statement.conditions.map {
                    EvaluatedCondition(comparison: $0.comparison, key: replace($0.key), values: $0.values)
                }
                return statement
            })
    }
}
