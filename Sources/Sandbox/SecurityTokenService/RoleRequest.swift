// SPDX-License-Identifier: Apache-2.0

/// A request to assume a role, as trust policies evaluate it.
struct RoleRequest: Sendable {
    /// `sts:AssumeRole` or `sts:AssumeRoleWithWebIdentity`.
    let action: String
    let principal: EvaluatedTrustPolicy.Principal
    let tags: SessionTags
    let sourceIdentity: String?
    /// Values of the action's specific condition keys, by lower-case key.
    let keys: [String: String]

    /// The action itself, and those that a source identity and tags additionally require.
    private var actions: [String] {
        var actions = [action]
        if sourceIdentity != nil { actions.append("sts:SetSourceIdentity") }
        if !tags.tags.isEmpty { actions.append("sts:TagSession") }
        return actions
    }

    private var context: [String: String] {
        var context = tags.context.merging(keys) { _, specific in specific }
        context["sts:sourceidentity"] = sourceIdentity
        return context
    }

    /// The first action that the trust policy does not allow this principal; `nil` if the principal may assume the
    /// role.
    func deniedAction(by trust: EvaluatedTrustPolicy) -> String? {
        let context = context
        return actions.first { !trust.allows(action: $0, by: principal, in: context) }
    }
}
