package import Vending

/// The strict parser, for what callers send besides tokens.
package struct StrictJSON: JSONReader {
    package init() {}

    package func read(_ text: String) -> JSONTree? {
        // That it is none is all there is to know.
        (try? JSONValue.parse(Array(text.utf8))).map(Self.tree)
    }

    private static func tree(_ value: JSONValue) -> JSONTree {
        switch value {
        case .null: .null
        case .bool(let flag): .bool(flag)
        case .number(let text): .number(text)
        case .string(let text): .string(text)
        case .array(let values): .array(values.map(tree))
        case .object(let object): .object(object.members.map { ($0.name, tree($0.value)) })
        }
    }
}
