// SPDX-License-Identifier: Apache-2.0

package import AWS
package import Vending

/// The least that an administrator must create in the AWS account so that a grant works.
package struct GrantDocuments: Sendable {
    package let role: RoleARN
    package let monitor: AppMonitor
    /// The role's trust policy: who may assume it.
    package let trust: PolicyDocument
    /// The role's permission policy: the upper bound of what its sessions may do.
    package let permission: PolicyDocument
    /// The monitor's resource policy: only the role's sessions may write to it, and no unsigned request, unless it is
    /// public (PutResourcePolicy).
    package let monitorPolicy: PolicyDocument
    /// The session policy that Purser sends to STS with each exchange.
    package let sessionPolicy: String
    /// The policy of the session that Purser keeps to make short credentials from; `nil` without `hand-out`.
    package let parentPolicy: String?
    /// The role's `MaxSessionDuration` in seconds, at least an hour (IAM's minimum).
    package let maximumSessionDuration: Int

    /// - Parameters:
    ///   - trust: the role's trust policy for the grant's exchange.
    ///   - isPublic: whether a guest monitor is public. Ignored for signed-in users.
    package init(_ grant: Grant, role: RoleARN, trust: PolicyDocument, isPublic: Bool = false) {
        self.role = role
        self.trust = trust
        monitor = grant.monitor
        sessionPolicy = grant.policy.json
        parentPolicy = grant.parentPolicy?.json
        permission = .permission(of: grant)
        let publicPolicy = isPublic ? PublicMonitor.policy(of: grant) : nil
        monitorPolicy =
            publicPolicy
            ?? PolicyDocument(
                .putRumEvents(to: grant.monitor, by: .aws(role.text)),
                .noPutRumEvents(to: grant.monitor, exceptBy: role))
        maximumSessionDuration = max(3_600, grant.sessionDuration)
    }
}

extension PolicyDocument {
    /// The permission policy of a grant's role: the upper bound of what its sessions may do.
    package static func permission(of grant: Grant) -> PolicyDocument {
        grant.handOut == nil
            ? PolicyDocument(.putRumEvents(to: grant.monitor))
            : PolicyDocument(.putRumEvents(to: grant.monitor), .getScopedCredentials)
    }
}

extension PolicyDocument.Statement {
    /// The session policy has the same statement, and a session may do only what both policies allow.
    static func putRumEvents(to monitor: AppMonitor, by principal: PolicyDocument.Principal? = nil) -> Self {
        Self(
            sid: "PutRumEvents", effect: .allow, principal: principal, action: "rum:PutRumEvents",
            resource: OneOrMore([monitor.arn]), condition: nil)
    }

    /// With `hand-out`, a session makes others with less reach. It cannot get more by it.
    static let getScopedCredentials = Self(
        sid: "GetScopedCredentials", effect: .allow, principal: nil, action: OneOrMore([SessionPolicy.scopingAction]),
        resource: "*", condition: nil)

    /// Denies unsigned requests too: they have no `aws:PrincipalArn`, and a negated operator matches an absent key.
    static func noPutRumEvents(to monitor: AppMonitor, exceptBy role: RoleARN) -> Self {
        Self(
            sid: "NobodyElse", effect: .deny, principal: .everyone, action: "rum:PutRumEvents",
            resource: OneOrMore([monitor.arn]),
            condition: ["ArnNotEquals": ["aws:PrincipalArn": OneOrMore([role.text])]])
    }
}
