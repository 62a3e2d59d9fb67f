/// An IAM policy as far as this sandbox decides by it: statements of effect, actions, resources and those conditions that
/// `Session.context` has keys for.
///
/// Whatever else a policy may hold (other conditions, `NotAction`, variables) is kept as `isUnderstood == false` in its
/// statement, and such a statement makes the whole document allow nothing: a sandbox that guessed would teach wrong
/// policies.
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
            // Actions are compared without regard to case, resources with it (IAM reference, policy elements).
            actions.contains { Wildcard.matches($0.lowercased(), action.lowercased()) }
                && resources.contains { Wildcard.matches($0, resource) }
                && conditions.allSatisfy { $0.holds(in: context) }
        }
    }

    let statements: [Statement]

    /// The IAM rule: some statement allows and none denies.
    /// - Parameter context: what is known of the caller, by condition keys in lower case.
    func allows(action: String, resource: String, in context: [String: String]) -> Bool {
        guard statements.allSatisfy(\.isUnderstood) else { return false }
        let matching = statements.filter { $0.matches(action: action, resource: resource, in: context) }
        return !matching.isEmpty && matching.allSatisfy { $0.effect == .allow }
    }
}
