/// A program and its arguments, taken apart as a shell would do it and without one: nothing is expanded.
///
/// Blanks separate; single quotes keep all, double quotes all but `\"` and `\\`; a `\` outside keeps the next character.
struct CommandLine: Sendable, Hashable, CustomReflectable, CustomStringConvertible {
    /// The program first; one at least.
    let words: [String]

    /// - Returns: `nil` for an empty line or one whose last quote is not closed.
    init?(_ text: String) {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var rest = text[...]
        while let character = rest.popFirst() {
            switch (quote, character) {
            case ("'", "'"), ("\"", "\""): quote = nil
            case (nil, "'"), (nil, "\""):
                quote = character
                word = word ?? ""
            case (nil, "\\"):
                guard let next = rest.popFirst() else { return nil }
                word = (word ?? "") + String(next)
            case ("\"", "\\"):
                guard let next = rest.popFirst() else { return nil }
                word = (word ?? "") + (next == "\"" || next == "\\" ? "" : "\\") + String(next)
            case (nil, _) where character.isWhitespace:
                if let word { words.append(word) }
                word = nil
            default: word = (word ?? "") + String(character)
            }
        }
        guard quote == nil else { return nil }
        if let word { words.append(word) }
        guard let program = words.first, !program.isEmpty else { return nil }
        self.words = words
    }

    /// Arguments can be secret.
    var description: String { "[command]" }
    var customMirror: Mirror { Mirror(self, children: [:]) }
}
