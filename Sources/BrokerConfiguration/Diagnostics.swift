// SPDX-License-Identifier: Apache-2.0

import Yams

/// Collects the mistakes of a file, so that one run reports all of them.
final class Diagnostics {
    let file: String
    private(set) var problems: [Diagnostic] = []
    /// The names that decoders requested, by the path of their mapping. The test of the schema compares them with it.
    private(set) var knownSettings: [String: Set<String>] = [:]

    init(file: String) {
        self.file = file
    }

    func add(_ message: String, at line: Int?) {
        problems.append(Diagnostic(file: file, line: line, message: message))
    }

    func addKnownSettings(_ names: [String], of mapping: String) {
        knownSettings[mapping, default: []].formUnion(names)
    }

    /// Adds the mistakes of another file to which this one refers.
    func add(_ others: ConfigurationError) {
        problems += others.problems
    }

    /// Cuts `found` at 80 characters and replaces its control characters with `?`.
    func add(_ name: String, found: String, expected: String, at line: Int?) {
        let shown = found.unicodeScalars.prefix(80).map { $0.value < 0x20 ? "?" : String($0) }.joined()
        add("\(name): found \"\(shown)\"; expected \(expected)", at: line)
    }
}

extension Node {
    var line: Int? { mark?.line }

    /// The node as messages describe it.
    var kind: String {
        switch self {
        case .scalar(let scalar) where scalar.string.isEmpty && scalar.style == .plain: "nothing"
        case .scalar(let scalar): "\"\(scalar.string.prefix(80))\""
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }
}
