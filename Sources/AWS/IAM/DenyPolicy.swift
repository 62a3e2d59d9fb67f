package import FoundationEssentials

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
        document = PolicyDocument(
            .init(
                sid: "CutOff", effect: .deny, principal: nil, action: "*", resource: "*",
                condition: ["DateLessThan": ["aws:TokenIssueTime": OneOrMore([time.formatted(.iso8601)])]]))
        neededUntil = time.addingTimeInterval(Double(sessionDuration))
    }
}
