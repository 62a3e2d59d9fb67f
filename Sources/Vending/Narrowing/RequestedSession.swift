// SPDX-License-Identifier: Apache-2.0

import StrictJSON

/// The session parameters of a caller that assumes a role (AssumeRoleWithWebIdentity). They can restrict the grant, but
/// not extend it.
package struct RequestedSession: Sendable {
    /// `RoleArn`: must be the role of the grant.
    package let roleARN: String
    /// `DurationSeconds`: at most that of the grant. The session lasts as long as the grant defines, even if this is
    /// less.
    package let duration: Int?
    /// `Policy`.
    package let policy: CallerPolicy?

    package init(roleARN: String, duration: Int?, policy: CallerPolicy?) {
        self.roleARN = roleARN
        self.duration = duration
        self.policy = policy
    }

    /// The request, narrowed to the requested session.
    func restricted(for request: ExchangeRequest) throws(RequestedSessionError) -> ExchangeRequest {
        let grant = request.grant
        guard let role = grant.exchange.roleARN else { throw .roleOpen }
        guard role.isExactly(roleARN) else { throw .roleWrong }
        guard duration ?? 0 <= grant.sessionDuration else { throw .durationTooLong }
        guard let policy else { return request }
        guard let narrowed = SessionPolicy.narrowed(grant.monitor, by: policy) else { throw .policyAllowsNothing }
        guard narrowed != grant.policy else { return request }
        guard grant.takesSessionPolicy else { throw .policyNotPossible }
        guard narrowed.json.utf8.count <= SessionPolicy.limit else { throw .policyTooLarge }
        return ExchangeRequest(grant: grant, holder: request.holder, policy: narrowed, client: request.client)
    }
}

/// Why Purser cannot issue a requested session.
package enum RequestedSessionError: String, Error, CaseIterable, Sendable {
    /// The request names another role than that of the grant.
    case roleWrong = "role_wrong"
    /// The identity pool chooses the role, so a request cannot name one.
    case roleOpen = "role_open"
    case durationTooLong = "duration_too_long"
    /// The policy allows nothing that the grant allows.
    case policyAllowsNothing = "policy_allows_nothing"
    case policyTooLarge = "policy_too_large"
    /// The policy narrows the session, and the grant's exchange takes no session policy.
    case policyNotPossible = "policy_not_possible"
}
