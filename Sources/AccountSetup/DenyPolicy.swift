// SPDX-License-Identifier: Apache-2.0

package import AWS
package import FoundationEssentials
package import Vending

/// Revokes sessions that were already issued: an inline policy of the role, in effect within minutes (IAM User Guide,
/// "Revoke IAM role temporary security credentials").
package struct DenyPolicy: Sendable {
    /// Characters of all inline policies of a role together, at most; white space does not count (IAM quotas).
    package static let inlinePolicyQuota = 10_240

    package let document: PolicyDocument
    /// The policy can be removed after this time: every revoked session has expired by then.
    package let neededUntil: Date

    /// Revokes every session that was issued before `time`.
    /// - Parameter sessionDuration: the longest duration of the role's sessions, in seconds.
    package init(sessionsBefore time: Date, sessionDuration: Int) {
        self.init(time, sessionDuration, [:])
    }

    /// Revokes the sessions of users that were issued before `time`.
    /// - Parameter grant: the grant for signed-in users.
    package init(sessionsOf users: [SessionUser], before time: Date, grant: Grant) {
        let condition: PolicyDocument.Condition =
            grant.attribution.sourceIdentity
            ? ["StringEquals": ["aws:SourceIdentity": OneOrMore(users.map(\.name))]]
            // `aws:userid` is the role's id, a colon and the session's name.
            : ["StringLike": ["aws:userid": OneOrMore(users.map { "*:\($0.name)" })]]
        self.init(time, grant.sessionDuration, condition)
    }

    package init(sessionsOf user: SessionUser, before time: Date, grant: Grant) {
        self.init(sessionsOf: [user], before: time, grant: grant)
    }

    /// Revokes the sessions of identities of a pool that were issued before `time`, with either flow: Cognito's
    /// sessions carry the identity's id (IAM User Guide, "Keys available for AWS OIDC federation").
    package init(
        sessionsOf identities: [String], in pool: IdentityPool, _ partition: Partition, before time: Date, grant: Grant
    ) {
        let key = "\(partition.cognitoHost(region: pool.region)):sub"
        self.init(time, grant.sessionDuration, ["StringEquals": [key: OneOrMore(identities)]])
    }

    private init(_ time: Date, _ sessionDuration: Int, _ condition: PolicyDocument.Condition) {
        var condition = condition
        condition["DateLessThan"] = ["aws:TokenIssueTime": OneOrMore([time.formatted(.iso8601)])]
        document = PolicyDocument(
            .init(sid: "CutOff", effect: .deny, principal: nil, action: "*", resource: "*", condition: condition))
        neededUntil = time.addingTimeInterval(Double(sessionDuration))
    }

    /// Characters left of the role's inline policy quota after this policy and the permission policy. Negative if they
    /// exceed the quota.
    /// - Parameter permission: the role's policy from `purser policy`.
    package func remainder(beside permission: PolicyDocument) -> Int {
        Self.inlinePolicyQuota - document.json().unicodeScalars.count - permission.json().unicodeScalars.count
    }
}

/// The name of a user's sessions: the session name and, if configured, the source identity.
package struct SessionUser: Sendable {
    let name: String

    /// - Parameter pseudonym: from the audit trail or from CloudTrail.
    package init(_ pseudonym: Pseudonym) {
        name = SessionName(pseudonym).text
    }

    package init(_ issuer: Issuer, _ subject: Subject, naming: Attribution.Naming, key: PseudonymKey) {
        name =
            switch naming {
            case .pseudonym: SessionName(key.pseudonym(issuer, subject)).text
            case .clear: SessionName(issuer: issuer, subject: subject).text
            }
    }
}
