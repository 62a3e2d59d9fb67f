import StrictJSON
import Tokens

extension EvaluatedTrustPolicy {
    /// - Throws: for what IAM would call malformed, and for what is beyond this sandbox: a sandbox that guessed would
    ///   teach wrong policies.
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
            let texts = try PolicyJSON.texts(value)
            switch kind {
            case "AWS" where !texts.contains("*"): principals += texts.map(Principal.aws)
            case "Federated": principals += texts.map(Principal.federated)
            default: throw PolicyError("The sandbox knows users, sessions and OIDC providers as principals only")
            }
        }
        let actions = try PolicyJSON.texts(members["Action"])
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
            case .beyond(let what): throw PolicyError("The sandbox does not know \(what)")
            }
        }
    }
}
