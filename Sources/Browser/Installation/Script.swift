// SPDX-License-Identifier: Apache-2.0

import StrictJSON
import Vending

/// JavaScript literals that are safe inside an HTML script element.
enum Script {
    /// A string literal. No text can end the literal or the script element around it.
    static func string(_ text: String) -> String {
        JSONText.string(text).split(separator: "<", omittingEmptySubsequences: false).joined(separator: "\\u003c")
            .replacing("\u{2028}", with: "\\u2028").replacing("\u{2029}", with: "\\u2029")
    }

    /// A regular expression that matches `prefix` followed by the end of the URL, `/`, `?` or `#`.
    static func pattern(startingWith prefix: String) -> String {
        let special = Set("\\^$.*+?()[]{}|/-")
        let literal = prefix.map { special.contains($0) ? "\\\($0)" : String($0) }.joined()
        return "/^\(literal)(?![^/?#])/"
    }

    /// A regular expression that matches addresses without scheme and host.
    static let relativePattern = #"/^(?![A-Za-z][\w+.\-]*:|[\\/]{2})/"#

    /// An object literal with one member per line.
    static func object(_ members: [(name: String, value: String)], indent: String) -> String {
        "{\n" + members.map { "\(indent)  \($0.name): \($0.value),\n" }.joined() + indent + "}"
    }
}
