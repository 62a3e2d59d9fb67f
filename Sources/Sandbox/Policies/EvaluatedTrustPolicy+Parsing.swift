// SPDX-License-Identifier: Apache-2.0

import StrictJSON
import Tokens

extension EvaluatedTrustPolicy {
    /// - Throws: `PolicyError` if IAM would reject the text as malformed, or if this sandbox does not support it. A
    ///   sandbox that guessed would let developers write wrong policies.
    init(parsing text: String) throws(PolicyError) {
        guard let document = try PolicyJSON.parse(text).object,
            Set(document.members.map(\.name)).isSubset(of: ["Version", "Statement"]),
            document["Version"]?.string == "2012-10-17"
        else { throw .syntax }
        self.init(statements: try PolicyJSON.statements(document["Statement"], Self.statement))
    }

    private static func statement(_ json: JSONValue) throws(PolicyError) -> Statement {
        guard let members = json.object,
            Set(members.members.map(\.name)).isSubset(of: ["Sid", "Effect", "Principal", "Action", "Condition"]),
            let effect = members["Effect"]?.string.flatMap(EvaluatedPolicy.Effect.init(rawValue:)),
            let principal = members["Principal"]?.object
        else { throw .syntax }
        var principals: [Principal] = []
        for (kind, value) in principal.members {
            let names = try PolicyJSON.strings(value)
            switch kind {
            case "AWS" where !names.contains("*"): principals += names.map(Principal.aws)
            case "Federated": principals += names.map(Principal.federated)
            default: throw PolicyError("The sandbox supports only users, sessions and OIDC providers as principals")
            }
        }
        let actions = try PolicyJSON.strings(members["Action"])
        guard actions.allSatisfy({ $0.lowercased().hasPrefix("sts:") }) else {
            throw PolicyError("AssumeRole policy may only specify STS AssumeRole actions.")
        }
        return Statement(
            effect: effect, principals: principals, actions: actions,
            conditions: try conditions(members["Condition"]))
    }

    private static func conditions(_ json: JSONValue?) throws(PolicyError) -> [EvaluatedCondition] {
        do throws(ConditionError) {
            return try EvaluatedCondition.list(json)
        } catch {
            switch error {
            case .syntax: throw .syntax
            case .unsupported(let feature): throw PolicyError("The sandbox does not support \(feature)")
            }
        }
    }
}
