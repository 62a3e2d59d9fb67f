import StrictJSON
import Vending

/// Words of JavaScript that can stand in a page's script element.
enum Script {
    /// A string, which nothing in it can end, nor the element around it.
    static func string(_ text: String) -> String {
        JSONText.string(text).split(separator: "<", omittingEmptySubsequences: false).joined(separator: "\\u003c")
            .replacing("\u{2028}", with: "\\u2028").replacing("\u{2029}", with: "\\u2029")
    }

    /// A regular expression for all that begins with `prefix`, be it the end there or `/`.
    static func pattern(startingWith prefix: String) -> String {
        let special = Set("\\^$.*+?()[]{}|/-")
        let literal = prefix.map { special.contains($0) ? "\\\($0)" : String($0) }.joined()
        return "/^\(literal)(?![^/?#])/"
    }

    /// An object's members, one a line.
    static func object(_ members: [(name: String, value: String)], indent: String) -> String {
        "{\n" + members.map { "\(indent)  \($0.name): \($0.value),\n" }.joined() + indent + "}"
    }
}
