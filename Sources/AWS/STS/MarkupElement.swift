// SPDX-License-Identifier: Apache-2.0

/// An element of a small XML document.
struct MarkupElement: Sendable {
    let name: String
    /// Character data directly inside.
    var text = ""
    var children: [MarkupElement] = []

    /// The child of that name, if there is exactly one.
    func only(_ name: String) -> MarkupElement? {
        let found = children.filter { $0.name == name }
        return found.count == 1 ? found.first : nil
    }

    /// The text of the child of that name, if there is exactly one and it has no children itself.
    func text(_ name: String) -> String? {
        only(name).flatMap { $0.children.isEmpty ? $0.text : nil }
    }
}
