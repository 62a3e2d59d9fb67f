// SPDX-License-Identifier: Apache-2.0

/// A program and its arguments, split by the rules of a shell, but without a shell and without expansion.
///
/// Blanks separate words. Single quotes keep all characters, double quotes all except the escapes `\"` and `\\`.
/// Outside quotes, `\` keeps the next character.
struct CommandLine: Sendable, Hashable, CustomReflectable, CustomStringConvertible {
    /// The program, then the arguments. Never empty.
    let words: [String]

    /// - Returns: `nil` for an empty line, an unclosed quote or a trailing `\`.
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

    /// Redacted, because arguments can be secret.
    var description: String { "[command]" }
    var customMirror: Mirror { Mirror(self, children: [:]) }
}
