import Tokens

extension TrustPolicy {
    /// - Throws: for what IAM would call malformed, and for what is beyond this sandbox: a sandbox that guessed would
    ///   teach wrong policies.
    init(parsing text: String) throws(PolicyProblem) {
        let json: JSONValue
        do {
            json = try JSONValue.parse(Array(text.utf8))
        } catch {
            throw .notJSON
        }
        guard let document = json.object, Set(document.members.map(\.name)).isSubset(of: ["Version", "Statement"]),
            document["Version"]?.string == "2012-10-17", let statement = document["Statement"]
        else { throw .syntax }
        let list = statement.array ?? [statement]
        guard !list.isEmpty else { throw .syntax }
        var statements: [Statement] = []
        for item in list { statements.append(try Self.statement(item)) }
        self.init(statements: statements)
    }

    private static func statement(_ json: JSONValue) throws(PolicyProblem) -> Statement {
        guard let members = json.object,
            Set(members.members.map(\.name)).isSubset(of: ["Sid", "Effect", "Principal", "Action", "Condition"]),
            let effect = members["Effect"]?.string.flatMap(PolicyDocument.Effect.init(rawValue:)),
            let principal = members["Principal"]?.object
        else { throw .syntax }
        var principals: [Principal] = []
        for (kind, value) in principal.members {
            let texts = try texts(value)
            switch kind {
            case "AWS" where !texts.contains("*"): principals += texts.map(Principal.aws)
            case "Federated": principals += texts.map(Principal.federated)
            default: throw PolicyProblem("The sandbox knows users, sessions and OIDC providers as principals only")
            }
        }
        let actions = try texts(members["Action"])
        guard actions.allSatisfy({ $0.lowercased().hasPrefix("sts:") }) else {
            throw PolicyProblem("AssumeRole policy may only specify STS AssumeRole actions.")
        }
        return Statement(
            effect: effect, principals: principals, actions: actions,
            conditions: try conditions(members["Condition"]))
    }

    private static func conditions(_ json: JSONValue?) throws(PolicyProblem) -> [Condition] {
        do throws(Condition.Problem) {
            return try Condition.list(json)
        } catch {
            switch error {
            case .syntax: throw .syntax
            case .beyond(let what): throw PolicyProblem("The sandbox does not know \(what)")
            }
        }
    }

    private static func texts(_ json: JSONValue?) throws(PolicyProblem) -> [String] {
        guard let json else { throw .syntax }
        let list = json.array ?? [json]
        let texts = list.compactMap(\.string)
        guard !texts.isEmpty, texts.count == list.count else { throw .syntax }
        return texts
    }
}
