// SPDX-License-Identifier: Apache-2.0

import StrictJSON
import Tokens

extension EvaluatedPolicy {
    /// Members that a session policy or a role's policy and their statements may have (IAM JSON policy grammar).
    /// `Principal` is absent: it belongs to resource policies.
    private static let members: Set<String> = ["Version", "Id", "Statement"]
    private static let statementMembers: Set<String> = [
        "Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition",
    ]

    /// - Throws: `PolicyError` if AWS would reject the text as malformed. A well-formed statement that this sandbox
    ///   does not support is kept with `isUnderstood == false`, so that the policy allows nothing.
    init(parsing text: String) throws(PolicyError) {
        guard let document = try PolicyJSON.parse(text).object,
            Self.members.isSuperset(of: document.members.map(\.name))
        else {
            throw .syntax
        }
        let version = document["Version"]?.string ?? "2008-10-17"
        guard document["Version"].map({ $0.string != nil }) ?? true, ["2012-10-17", "2008-10-17"].contains(version)
        else {
            throw PolicyError("The policy must contain a valid version string")
        }
        statements = try PolicyJSON.statements(document["Statement"], Self.statement)
    }

    private static func statement(_ json: JSONValue) throws(PolicyError) -> Statement {
        guard let members = json.object, statementMembers.isSuperset(of: members.members.map(\.name)),
            let effect = members["Effect"]?.string.flatMap(Effect.init(rawValue:)),
            (members["Action"] == nil) != (members["NotAction"] == nil),
            (members["Resource"] == nil) != (members["NotResource"] == nil),
            members["Sid"].map({ $0.string != nil }) ?? true,
            members["Condition"].map({ $0.object != nil }) ?? true
        else { throw .syntax }
        let actions = try PolicyJSON.strings(members["Action"] ?? members["NotAction"])
        let resources = try PolicyJSON.strings(members["Resource"] ?? members["NotResource"])
        guard actions.allSatisfy(isAction) else {
            throw PolicyError("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
        }
        guard resources.allSatisfy({ $0 == "*" || $0.hasPrefix("arn:") }) else {
            throw PolicyError("Resource must be in ARN format or \"*\".")
        }
        let isUnsupported = ["NotAction", "NotResource"].contains { members[$0] != nil }
        let hasVariable = resources.contains { $0.contains("${") }
        let conditions = try conditions(members["Condition"])
        return Statement(
            effect: effect, actions: actions, resources: resources, conditions: conditions ?? [],
            isUnderstood: !isUnsupported && !hasVariable && conditions != nil)
    }

    /// The condition keys that `Session.context` may have, in lower case.
    private static let contextKeys = ["aws:userid", "aws:sourceidentity", "aws:tokenissuetime", "aws:principaltag/?*"]

    /// `nil` if this sandbox does not support one of the conditions.
    private static func conditions(_ json: JSONValue?) throws(PolicyError) -> [EvaluatedCondition]? {
        do throws(ConditionError) {
            let conditions = try EvaluatedCondition.list(json)
            let isKnown = conditions.allSatisfy { condition in
                Self.contextKeys.contains { Wildcard.matches($0, condition.key.lowercased()) }
            }
            return isKnown ? conditions : nil
        } catch {
            switch error {
            case .syntax: throw .syntax
            case .unsupported: return nil
            }
        }
    }

    private static func isAction(_ text: String) -> Bool {
        if text == "*" { return true }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
    }
}
