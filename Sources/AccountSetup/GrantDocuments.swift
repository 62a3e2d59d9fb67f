package import AWS
package import Vending

/// What an administrator has to create in the account so that a grant works, and nothing more.
package struct GrantDocuments: Sendable {
    package let role: RoleARN
    package let monitor: AppMonitor
    /// Of the role: who may take it.
    package let trust: PolicyDocument
    /// Of the role: what its sessions may do at the very most.
    package let permission: PolicyDocument
    /// Of the monitor: nobody else writes to it, signed or unsigned (PutResourcePolicy).
    package let monitorPolicy: PolicyDocument
    /// As it goes to STS with each exchange.
    package let sessionPolicy: String
    /// Seconds; the role's `MaxSessionDuration`, which is an hour at least.
    package let maximumSessionDuration: Int

    /// - Parameter trust: who may take the role, by the grant's exchange.
    package init(_ grant: Grant, role: RoleARN, trust: PolicyDocument) {
        self.role = role
        self.trust = trust
        monitor = grant.monitor
        sessionPolicy = grant.policy.json
        permission = .permission(of: grant)
        monitorPolicy = PolicyDocument(
            .putRumEvents(to: grant.monitor, by: .aws(role.text)),
            .noPutRumEvents(to: grant.monitor, exceptBy: role))
        maximumSessionDuration = max(3_600, grant.sessionDuration)
    }
}

extension PolicyDocument {
    /// What a grant's role may do at the very most.
    package static func permission(of grant: Grant) -> PolicyDocument {
        PolicyDocument(.putRumEvents(to: grant.monitor))
    }
}

extension PolicyDocument.Statement {
    /// What the session policy says too: every session is held by both.
    static func putRumEvents(to monitor: AppMonitor, by principal: PolicyDocument.Principal? = nil) -> Self {
        Self(
            sid: "PutRumEvents", effect: .allow, principal: principal, action: "rum:PutRumEvents",
            resource: OneOrMore([monitor.arn]), condition: nil)
    }

    /// A request without a signature has no `aws:PrincipalArn`, which the negated operator counts as not equal.
    static func noPutRumEvents(to monitor: AppMonitor, exceptBy role: RoleARN) -> Self {
        Self(
            sid: "NobodyElse", effect: .deny, principal: .everyone, action: "rum:PutRumEvents",
            resource: OneOrMore([monitor.arn]),
            condition: ["ArnNotEquals": ["aws:PrincipalArn": OneOrMore([role.text])]])
    }
}
