// SPDX-License-Identifier: Apache-2.0

import StrictJSON
import Tokens
import Vending
import Yams

/// Decodes the entries of `require`, for an issuer or for an app's signed-in users.
struct RequirementDecoder {
    static let limit = 16
    static let valueLimit = 64
    /// Claims that Purser checks by fixed rules. `sub` is opaque: to admit single users, require another claim.
    private static let reserved = ["iss", "sub", "aud", "exp", "nbf", "iat"]
    private static let conditions = ["is", "one-of", "contains", "present"]

    private let diagnostics: Diagnostics

    init(_ diagnostics: Diagnostics) {
        self.diagnostics = diagnostics
    }

    func read(_ mapping: inout SettingsMapping) -> [ClaimRequirement] {
        guard let node = mapping.optional("require") else { return [] }
        let name = mapping.path("require")
        guard case .sequence(let entries) = node, (1...Self.limit).contains(entries.count) else {
            let found = node.sequence.map { "\($0.count) entries" } ?? node.kind
            diagnostics.add(
                "\(name): found \(found); expected a list of 1 to \(Self.limit) requirements", at: node.line)
            return []
        }
        var requirements: [ClaimRequirement] = []
        for (index, entry) in entries.enumerated() {
            guard let requirement = read(entry, name: "\(name)[\(index)]") else { continue }
            if requirements.contains(where: { $0.path == requirement.path }) {
                diagnostics.add(
                    "\(name)[\(index)].claim: found \(requirement.path) again; expected each claim once", at: entry.line
                )
            }
            requirements.append(requirement)
        }
        return requirements
    }

    private func read(_ node: Node, name: String) -> ClaimRequirement? {
        guard var entry = SettingsMapping(node, name: name, diagnostics) else { return nil }
        let path = readClaim(&entry)
        let condition = readCondition(&entry)
        entry.finish()
        guard let path, let condition else { return nil }
        return ClaimRequirement(path, condition)
    }

    /// The value of `user-details`.
    func readUserDetails(_ mapping: inout SettingsMapping) -> UserDetailsRule {
        guard let node = mapping.optional("user-details") else { return .any }
        let name = mapping.path("user-details")
        guard case .mapping = node else {
            if case .scalar(let scalar) = node, scalar.string == "own" { return .subject }
            diagnostics.add("\(name): found \(node.kind); expected own or {claim: NAME}", at: node.line)
            return .any
        }
        guard var entry = SettingsMapping(node, name: name, diagnostics) else { return .any }
        let path = readClaim(&entry)
        entry.finish()
        return path.map(UserDetailsRule.claim) ?? .any
    }

    /// The value of `claim`: a name, or names that lead to a nested claim.
    func readClaim(_ entry: inout SettingsMapping) -> ClaimPath? {
        entry.required("claim", expected: Self.expectedPath).flatMap { readPath($0, entry) }
    }

    private static let expectedPath = "a claim's name, or a list of 1 to \(ClaimPath.limit) names that lead to it"

    private func readPath(_ node: Node, _ entry: SettingsMapping) -> ClaimPath? {
        let nodes = node.sequence.map(Array.init) ?? [node]
        let names = nodes.compactMap { node in node.scalar.flatMap { SettingsValues.text($0.string) } }
        guard names.count == nodes.count, let path = ClaimPath(names) else {
            diagnostics.add("\(entry.path("claim")): found \(node.kind); expected \(Self.expectedPath)", at: node.line)
            return nil
        }
        if let first = path.names.first, path.names.count == 1, Self.reserved.contains(first) {
            diagnostics.add(
                entry.path("claim"), found: first,
                expected: "another claim: Purser checks \(Self.reserved.joined(separator: ", ")) itself", at: node.line)
            return nil
        }
        return path
    }

    private func readCondition(_ entry: inout SettingsMapping) -> ClaimRequirement.Condition? {
        let given = Self.conditions.filter(entry.holds)
        let nodes = Self.conditions.map { entry.optional($0) }
        guard given.count == 1, let name = given.first else {
            diagnostics.add(
                "\(entry.name): found \(given.isEmpty ? "no condition" : given.joined(separator: " and ")); expected "
                    + "exactly one of \(Self.conditions.joined(separator: ", "))", at: entry.line)
            return nil
        }
        guard let node = nodes.compactMap({ $0 }).first else { return nil }
        switch name {
        case "is": return readValue(node, entry.path(name)).map { .equals($0) }
        case "contains": return readValue(node, entry.path(name)).map { .contains($0) }
        case "one-of": return readValues(node, entry.path(name)).map { .oneOf($0) }
        default:
            guard node.scalar?.string == "true", node.scalar?.style == .plain else {
                diagnostics.add("\(entry.path(name)): found \(node.kind); expected true", at: node.line)
                return nil
            }
            return .present
        }
    }

    private func readValues(_ node: Node, _ name: String) -> [ClaimValue]? {
        guard case .sequence(let nodes) = node, (1...Self.valueLimit).contains(nodes.count) else {
            diagnostics.add(
                "\(name): found \(node.kind); expected a list of 1 to \(Self.valueLimit) values", at: node.line)
            return nil
        }
        let values = nodes.compactMap { readValue($0, name) }
        return values.count == nodes.count ? values : nil
    }

    /// Plain `true`, `false` and numbers have their own type. Everything else, and everything in quotes, is a string.
    private func readValue(_ node: Node, _ name: String) -> ClaimValue? {
        guard case .scalar(let scalar) = node, scalar.style != .plain || !["", "~", "null"].contains(scalar.string),
            SettingsValues.text(scalar.string) != nil
        else {
            diagnostics.add("\(name): found \(node.kind); expected a text, a number, true or false", at: node.line)
            return nil
        }
        guard scalar.style == .plain else { return .string(scalar.string) }
        switch scalar.string {
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        default: break
        }
        guard let number = try? JSONValue.parse(Array(scalar.string.utf8)), let double = number.double else {
            return .string(scalar.string)
        }
        guard abs(double) < ClaimValue.numberLimit else {
            diagnostics.add(
                name, found: scalar.string, expected: "a number below 2^53, or a text in quotes", at: node.line)
            return nil
        }
        return .number(double)
    }
}
