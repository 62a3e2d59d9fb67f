/// One mistake in a configuration file.
struct Diagnostic: Hashable, Comparable, CustomStringConvertible {
    let file: String
    /// From 1; `nil` where the file as a whole is meant.
    let line: Int?
    /// What was found and what was expected.
    let message: String

    var description: String {
        line.map { "\(file):\($0): \(message)" } ?? "\(file): \(message)"
    }

    static func < (left: Diagnostic, right: Diagnostic) -> Bool {
        (left.line ?? 0, left.message) < (right.line ?? 0, right.message)
    }
}

/// All mistakes of a file, at least one.
struct ConfigurationError: Error {
    let problems: [Diagnostic]

    init(problems: [Diagnostic]) {
        self.problems = problems
    }

    /// Of the file as a whole.
    init(file: String, _ messages: [String]) {
        problems = messages.map { Diagnostic(file: file, line: nil, message: $0) }
    }
}
