// SPDX-License-Identifier: Apache-2.0

import StrictJSON

/// A session policy that a caller sends (AssumeRoleWithWebIdentity `Policy`). It can only narrow a session.
package struct CallerPolicy: Sendable {
    struct Statement: Sendable {
        let isAllow: Bool
        let actions: Names
        let resources: Names
        /// `nil` for an unconditional statement.
        let condition: PolicyCondition?
    }

    /// The actions or resources of a statement: those that match a pattern or, if negated, all others.
    struct Names: Sendable {
        let patterns: [String]
        let isNegated: Bool

        /// - Parameters:
        ///   - matches: whether a pattern matches the action or resource.
        ///   - other: the same with the opposite answer in doubt, for negated patterns.
        func hold(_ matches: (String) -> Bool, _ other: (String) -> Bool) -> Bool {
            isNegated ? !patterns.contains(where: other) : patterns.contains(where: matches)
        }
    }

    /// Determines the meaning of variables in conditions.
    let version: String
    let statements: [Statement]

    /// - Returns: `nil` for text that is not strict JSON, and where `init(_:)` returns `nil`.
    package init?(text: String) {
        // The caller's error has no detail, so the parser's is not needed.
        guard let document = try? JSONValue.parse(Array(text.utf8)) else { return nil }
        self.init(document)
    }

    /// IAM User Guide, "Grammar of the IAM JSON policy language".
    /// - Returns: `nil` for a policy that is malformed for AWS, and for unknown members and operators.
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

    /// Whether the statement applies to the action on the resource. In doubt, `Allow` does not apply and `Deny` does.
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
    /// Decodes the member `name` or its negation, such as `NotAction`. Exactly one of them must be present.
    fileprivate init?(_ members: Members, _ name: String) {
        let (plain, negated) = (members[name], members["Not\(name)"])
        guard let json = plain ?? negated, plain == nil || negated == nil else { return nil }
        let list = json.list
        patterns = list.compactMap(\.string)
        isNegated = plain == nil
        guard !patterns.isEmpty, patterns.count == list.count else { return nil }
    }
}

/// The members of an object without unknown members.
private struct Members {
    private let members: [(name: String, value: JSONValue)]

    init?(_ json: JSONValue, known: Set<String>) {
        guard let members = json.members, members.allSatisfy({ known.contains($0.name) }) else { return nil }
        self.members = members
    }

    subscript(name: String) -> JSONValue? { members.first { $0.name == name }?.value }

    /// Whether the member is a string or absent.
    func isText(_ name: String) -> Bool { self[name].map { $0.string != nil } ?? true }
}
