import StrictJSON

/// A session policy that a caller sends along (AssumeRoleWithWebIdentity `Policy`), as far as it can make a session less.
package struct CallerPolicy: Sendable {
    struct Statement: Sendable {
        let isAllow: Bool
        let actions: Names
        let resources: Names
        /// `nil` without one.
        let condition: PolicyCondition?
    }

    /// What a statement names, or all but that.
    struct Names: Sendable {
        let patterns: [String]
        let isNegated: Bool

        /// - Parameters:
        ///   - matches: whether a pattern names what is asked for.
        ///   - other: the same with the doubt on the other side.
        func hold(_ matches: (String) -> Bool, _ other: (String) -> Bool) -> Bool {
            isNegated ? !patterns.contains(where: other) : patterns.contains(where: matches)
        }
    }

    /// What variables in conditions mean depends on it.
    let version: String
    let statements: [Statement]

    /// - Returns: `nil` for text that is not strict JSON, and where `init(_:)` returns `nil`.
    package init?(text: String) {
        // The caller's error has no detail, so the parser's is not needed.
        guard let document = try? JSONValue.parse(Array(text.utf8)) else { return nil }
        self.init(document)
    }

    /// IAM User Guide, "Grammar of the IAM JSON policy language".
    /// - Returns: `nil` for what AWS would call malformed, and for members and operators that Purser does not know.
    init?(_ document: JSONValue) {
        guard let members = Members(document, known: ["Version", "Id", "Statement"]),
            members.isText("Id"), members.isText("Version"), let list = members["Statement"]?.list, !list.isEmpty
        else { return nil }
        version = members["Version"]?.string ?? "2008-10-17"
        statements = list.compactMap(Statement.init)
        guard ["2012-10-17", "2008-10-17"].contains(version), statements.count == list.count else { return nil }
    }
}

extension CallerPolicy.Statement {
    fileprivate init?(_ json: JSONValue) {
        guard
            let members = Members(
                json, known: ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"]),
            members.isText("Sid"), let effect = members["Effect"]?.string, ["Allow", "Deny"].contains(effect),
            let actions = CallerPolicy.Names(members, "Action"), actions.patterns.allSatisfy(PolicyPattern.isAction),
            let resources = CallerPolicy.Names(members, "Resource"),
            resources.patterns.allSatisfy(PolicyPattern.isResource)
        else { return nil }
        isAllow = effect == "Allow"
        self.actions = actions
        self.resources = resources
        guard let conditions = members["Condition"] else {
            condition = nil
            return
        }
        guard let operators = conditions.members else { return nil }
        condition = operators.isEmpty ? nil : PolicyCondition(operators)
        if !operators.isEmpty, condition == nil { return nil }
    }

    /// Whether it has a say in that action on that resource: in doubt, a statement that allows has none, and one that
    /// denies has.
    func concerns(_ action: String, on resource: String) -> Bool {
        let certainlyActs = { PolicyPattern.action($0, certainly: action) }
        let possiblyActs = { PolicyPattern.action($0, possibly: action) }
        let certainlyIs = { PolicyPattern.resource($0, certainly: resource) }
        let possiblyIs = { PolicyPattern.resource($0, possibly: resource) }
        return isAllow
            ? actions.hold(certainlyActs, possiblyActs) && resources.hold(certainlyIs, possiblyIs)
            : actions.hold(possiblyActs, certainlyActs) && resources.hold(possiblyIs, certainlyIs)
    }
}

extension CallerPolicy.Names {
    /// The member of that name or the one that says all but that, of which there must be exactly one.
    fileprivate init?(_ members: Members, _ name: String) {
        let (plain, negated) = (members[name], members["Not\(name)"])
        guard let json = plain ?? negated, plain == nil || negated == nil else { return nil }
        let list = json.list
        patterns = list.compactMap(\.string)
        isNegated = plain == nil
        guard !patterns.isEmpty, patterns.count == list.count else { return nil }
    }
}

/// The members of an object, all of them known.
private struct Members {
    private let members: [(name: String, value: JSONValue)]

    init?(_ json: JSONValue, known: Set<String>) {
        guard let members = json.members, members.allSatisfy({ known.contains($0.name) }) else { return nil }
        self.members = members
    }

    subscript(name: String) -> JSONValue? { members.first { $0.name == name }?.value }

    /// Also where there is none.
    func isText(_ name: String) -> Bool { self[name].map { $0.string != nil } ?? true }
}
