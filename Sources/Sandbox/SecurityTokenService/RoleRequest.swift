/// One wish to take a role, as trust policies see it.
struct RoleRequest: Sendable {
    /// `sts:AssumeRole` or `sts:AssumeRoleWithWebIdentity`.
    let action: String
    let principal: EvaluatedTrustPolicy.Principal
    let tags: SessionTags
    let sourceIdentity: String?
    /// EvaluatedCondition keys of the action's own, in lower case.
    let keys: [String: String]

    /// The action itself, and those that a source identity and tags need besides.
    private var actions: [String] {
        var actions = [action]
        if sourceIdentity != nil { actions.append("sts:SetSourceIdentity") }
        if !tags.tags.isEmpty { actions.append("sts:TagSession") }
        return actions
    }

    private var context: [String: String] {
        var context = tags.context.merging(keys) { _, own in own }
        context["sts:sourceidentity"] = sourceIdentity
        return context
    }

    /// The first action that the role does not trust this principal with; `nil` where it may be taken.
    func refused(by trust: EvaluatedTrustPolicy) -> String? {
        let context = context
        return actions.first { !trust.allows(action: $0, by: principal, in: context) }
    }
}
