import StrictJSON

/// What a caller who takes a role says of the session (AssumeRoleWithWebIdentity). Nothing of it can get him more than
/// the grant.
package struct RequestedSession: Sendable {
    /// `RoleArn`: must be the grant's.
    package let roleARN: String
    /// `DurationSeconds`: at most the grant's. The session lives as long as the grant says.
    package let duration: Int?
    /// `Policy`.
    package let policy: CallerPolicy?

    package init(roleARN: String, duration: Int?, policy: CallerPolicy?) {
        self.roleARN = roleARN
        self.duration = duration
        self.policy = policy
    }

    /// The same request, for as much as is wished.
    func restricted(for request: ExchangeRequest) throws(RequestedSessionError) -> ExchangeRequest {
        let grant = request.grant
        guard let role = grant.exchange.roleARN else { throw .roleOpen }
        guard role.isExactly(roleARN) else { throw .roleWrong }
        guard duration ?? 0 <= grant.sessionDuration else { throw .durationTooLong }
        guard let policy else { return request }
        guard let narrowed = SessionPolicy.narrowed(grant.monitor, by: policy) else { throw .policyAllowsNothing }
        guard narrowed != grant.policy else { return request }
        guard grant.exchange.sendsSessionPolicy else { throw .policyNotPossible }
        guard narrowed.json.utf8.count <= SessionPolicy.limit else { throw .policyTooLarge }
        return ExchangeRequest(grant: grant, holder: request.holder, policy: narrowed)
    }
}

/// Why it can't be restricted.
package enum RequestedSessionError: String, Error, CaseIterable, Sendable {
    /// Another role than that of the app.
    case roleWrong = "role_wrong"
    /// The identity pool chooses the role, so there is none to ask for.
    case roleOpen = "role_open"
    case durationTooLong = "duration_too_long"
    /// The policy leaves nothing of what Purser grants.
    case policyAllowsNothing = "policy_allows_nothing"
    case policyTooLarge = "policy_too_large"
    /// The policy narrows the session, and the grant's exchange takes no session policy.
    case policyNotPossible = "policy_not_possible"
}
