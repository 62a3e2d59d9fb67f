/// A JSON document of a caller's.
package enum JSONTree: Sendable {
    case null
    case bool(Bool)
    /// As it was written.
    case number(String)
    case string(String)
    case array([JSONTree])
    /// Each name once.
    case object([(name: String, value: JSONTree)])

    var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    var members: [(name: String, value: JSONTree)]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// Its elements, or itself as the only one.
    var list: [JSONTree] {
        if case .array(let elements) = self { elements } else { [self] }
    }
}

/// The port to a strict reader of JSON.
package protocol JSONReader: Sendable {
    /// `nil` for anything but one whole document that has one meaning: no member twice, bounded depth.
    func read(_ text: String) -> JSONTree?
}
