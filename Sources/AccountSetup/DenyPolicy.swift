package import AWS
package import FoundationEssentials
package import Vending

/// Cuts off sessions that were handed out already: a policy of the role, in effect within minutes (IAM User Guide,
/// "Revoke IAM role temporary security credentials").
package struct DenyPolicy: Sendable {
    /// Characters of all inline policies of a role together, white space not counted (IAM quotas).
    package static let inlinePolicyQuota = 10_240

    package let document: PolicyDocument
    /// By then each session that it cuts off has ended by itself.
    package let neededUntil: Date

    /// Every session that was begun before `time`.
    /// - Parameter sessionDuration: seconds, the longest that the role's sessions were given.
    package init(sessionsBefore time: Date, sessionDuration: Int) {
        self.init(time, sessionDuration, [:])
    }

    /// The sessions of one user that were begun before `time`.
    /// - Parameter grant: of signed-in users.
    package init(sessionsOf user: SessionUser, before time: Date, grant: Grant) {
        let condition: PolicyDocument.Condition =
            grant.attribution.sourceIdentity
            ? ["StringEquals": ["aws:SourceIdentity": [user.name]]]
            // The role's id and the session's name.
            : ["StringLike": ["aws:userid": ["*:\(user.name)"]]]
        self.init(time, grant.sessionDuration, condition)
    }

    private init(_ time: Date, _ sessionDuration: Int, _ condition: PolicyDocument.Condition) {
        var condition = condition
        condition["DateLessThan"] = ["aws:TokenIssueTime": OneOrMore([time.formatted(.iso8601)])]
        document = PolicyDocument(
            .init(sid: "CutOff", effect: .deny, principal: nil, action: "*", resource: "*", condition: condition))
        neededUntil = time.addingTimeInterval(Double(sessionDuration))
    }

    /// What remains of a role's room for inline policies beside this one and the one that it has of `purser policy`.
    package func remainder(beside permission: PolicyDocument) -> Int {
        Self.inlinePolicyQuota - document.json().unicodeScalars.count - permission.json().unicodeScalars.count
    }
}

/// A user as his sessions name him.
package struct SessionUser: Sendable {
    let name: String

    /// As a pseudonym from the audit trail or from CloudTrail.
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
