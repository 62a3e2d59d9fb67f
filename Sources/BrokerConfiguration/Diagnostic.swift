// SPDX-License-Identifier: Apache-2.0

/// One mistake in a configuration file.
package struct Diagnostic: Hashable, Comparable, CustomStringConvertible {
    package let file: String
    /// From 1. `nil` if the mistake concerns the whole file.
    package let line: Int?
    /// What was found and what was expected.
    package let message: String

    package var description: String {
        line.map { "\(file):\($0): \(message)" } ?? "\(file): \(message)"
    }

    package static func < (left: Diagnostic, right: Diagnostic) -> Bool {
        (left.line ?? 0, left.message) < (right.line ?? 0, right.message)
    }
}

/// All mistakes of a file, at least one of them.
package struct ConfigurationError: Error {
    package let problems: [Diagnostic]

    init(problems: [Diagnostic]) {
        self.problems = problems
    }

    /// Mistakes that concern the whole file.
    package init(file: String, _ messages: [String]) {
        problems = messages.map { Diagnostic(file: file, line: nil, message: $0) }
    }
}
