// SPDX-License-Identifier: Apache-2.0

import Yams

/// One mapping of the file. Decoders read each key by its name. `finish` rejects the keys that no decoder has read.
struct SettingsMapping {
    let name: String
    let line: Int?
    private let pairs: [(key: String, node: Node, line: Int?)]
    private let diagnostics: Diagnostics
    private var known: [String] = []

    /// `nil`, with a diagnostic, if `node` is not a mapping.
    init?(_ node: Node, name: String, _ diagnostics: Diagnostics) {
        guard case .mapping(let mapping) = node else {
            diagnostics.add("\(name.isEmpty ? "" : "\(name): ")found \(node.kind); expected a mapping", at: node.line)
            return nil
        }
        self.name = name
        self.diagnostics = diagnostics
        line = node.line
        pairs = mapping.compactMap { key, value in
            guard case .scalar(let scalar) = key else {
                diagnostics.add(
                    "\(name.isEmpty ? "" : "\(name): ")found \(key.kind) as a key; expected a name", at: key.line)
                return nil
            }
            return (scalar.string, value, key.line)
        }
    }

    /// All keys with their values, for mappings whose keys are names that the operator chooses.
    var entries: [(key: String, node: Node, line: Int?)] { pairs }

    /// The value of a key, without reading it.
    func node(_ key: String) -> Node? { pairs.first { $0.key == key }?.node }

    func holds(_ key: String) -> Bool { pairs.contains { $0.key == key } }

    func path(_ key: String) -> String { name.isEmpty ? key : "\(name).\(key)" }

    mutating func optional(_ key: String) -> Node? {
        known.append(key)
        guard let pair = pairs.first(where: { $0.key == key }) else { return nil }
        if case .scalar(let scalar) = pair.node, scalar.string.isEmpty, scalar.style == .plain {
            diagnostics.add("\(path(key)): found nothing; expected a value", at: pair.line)
            return nil
        }
        return pair.node
    }

    mutating func required(_ key: String, expected: String) -> Node? {
        if !holds(key) {
            diagnostics.add("\(path(key)): missing; expected \(expected)", at: line)
        }
        return optional(key)
    }

    /// Reads a scalar. `nil`, with a diagnostic, if it is required and missing, or if `parse` returns `nil`.
    mutating func value<Value>(
        _ key: String, expected: String, required isRequired: Bool = true, _ parse: (String) -> Value?
    ) -> Value? {
        let node = isRequired ? required(key, expected: expected) : optional(key)
        guard let node else { return nil }
        guard case .scalar(let scalar) = node else {
            diagnostics.add("\(path(key)): found \(node.kind); expected \(expected)", at: node.line)
            return nil
        }
        guard let value = parse(scalar.string) else {
            diagnostics.add(path(key), found: scalar.string, expected: expected, at: node.line)
            return nil
        }
        return value
    }

    /// Reads a list of distinct scalars, at least one unless `mayBeEmpty`. Leaves out scalars for which `parse` returns
    /// `nil`, with a diagnostic for each. `nil` if there is no list.
    mutating func list<Value: Hashable>(
        _ key: String, expected: String, required isRequired: Bool = true, mayBeEmpty: Bool = false,
        _ parse: (String) -> Value?
    ) -> [Value]? {
        let node = isRequired ? required(key, expected: "a list of \(expected)") : optional(key)
        guard let node else { return nil }
        guard case .sequence(let sequence) = node, mayBeEmpty || !sequence.isEmpty else {
            let found = node.sequence == nil ? node.kind : "an empty list"
            let list = mayBeEmpty ? "a list" : "a list of at least one"
            diagnostics.add("\(path(key)): found \(found); expected \(list) of: \(expected)", at: node.line)
            return nil
        }
        var values: [Value] = []
        for item in sequence {
            guard case .scalar(let scalar) = item else {
                diagnostics.add("\(path(key)): found \(item.kind); expected \(expected)", at: item.line)
                continue
            }
            guard let value = parse(scalar.string) else {
                diagnostics.add(path(key), found: scalar.string, expected: expected, at: item.line)
                continue
            }
            if values.contains(value) {
                diagnostics.add(path(key), found: scalar.string, expected: "each entry once", at: item.line)
            }
            values.append(value)
        }
        return values
    }

    mutating func mapping(_ key: String, required isRequired: Bool = false, expected: String = "a mapping")
        -> SettingsMapping?
    {
        let node = isRequired ? required(key, expected: expected) : optional(key)
        return node.flatMap { SettingsMapping($0, name: path(key), diagnostics) }
    }

    func lineOf(_ key: String) -> Int? {
        pairs.first { $0.key == key }.flatMap { $0.node.line ?? $0.line } ?? line
    }

    /// Reports each key that no decoder has read. Call it after the last read.
    func finish() {
        diagnostics.addKnownSettings(known, of: name)
        for pair in pairs where !known.contains(pair.key) {
            diagnostics.add(
                path(pair.key), found: pair.key, expected: "one of \(known.sorted().joined(separator: ", "))",
                at: pair.line)
        }
    }
}
