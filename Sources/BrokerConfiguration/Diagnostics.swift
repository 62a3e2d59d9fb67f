import Yams

/// Collects mistakes while a file is read, so that all can be told at once.
final class Diagnostics {
    let file: String
    private(set) var problems: [Diagnostic] = []

    init(file: String) {
        self.file = file
    }

    func add(_ message: String, at line: Int?) {
        problems.append(Diagnostic(file: file, line: line, message: message))
    }

    /// Of another file that this one names.
    func add(_ others: ConfigurationError) {
        problems += others.problems
    }

    /// `found` is shown shortened and on one line.
    func add(_ name: String, found: String, expected: String, at line: Int?) {
        let shown = found.unicodeScalars.prefix(80).map { $0.value < 0x20 ? "?" : String($0) }.joined()
        add("\(name): found \"\(shown)\"; expected \(expected)", at: line)
    }
}

extension Node {
    var line: Int? { mark?.line }

    /// What kind of thing this is, in words.
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
