// SPDX-License-Identifier: Apache-2.0

/// Parses one XML document: elements with attributes, character data, CDATA and comments. Everything else is an error,
/// such as processing instructions, which AWS does not send.
struct MarkupParser {
    private struct OpenElement {
        let name: MarkupName
        /// Character data directly inside, so far.
        var text: [UInt8] = []
        var children: [MarkupElement] = []
        /// The prefixes of namespaces that it declares.
        var prefixes: [ArraySlice<UInt8>] = []
    }

    private var scanner: MarkupScanner
    private let depthLimit: Int
    private var open: [OpenElement] = []
    private var root: MarkupElement?

    init(_ scanner: MarkupScanner, depthLimit: Int) {
        self.scanner = scanner
        self.depthLimit = depthLimit
    }

    mutating func document() throws(MarkupError) -> MarkupElement {
        try skipComments()
        try startTag()
        while root == nil { try content() }
        try skipComments()
        guard let root, scanner.next == nil else { throw MarkupError() }
        return root
    }

    private mutating func skipComments() throws(MarkupError) {
        scanner.skipSpace()
        while scanner.skip("<!--") {
            try comment()
            scanner.skipSpace()
        }
    }

    /// The rest of a comment, in which `--` may only be part of the end (XML 1.0 §2.5).
    private mutating func comment() throws(MarkupError) {
        _ = try scanner.upTo("--")
        try scanner.require(">")
    }

    private mutating func content() throws(MarkupError) {
        if scanner.next != UInt8(ascii: "<") { return try text() }
        if scanner.skip("</") { return try endTag() }
        if scanner.skip("<!--") { return try comment() }
        if scanner.skip("<![CDATA[") { return append(try scanner.upTo("]]>")) }
        try startTag()
    }

    private mutating func text() throws(MarkupError) {
        let run = scanner.run { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "&") }
        // Only CDATA may have its end in it (XML 1.0 §2.4).
        guard !run.indices.contains(where: { run[$0] == UInt8(ascii: "]") && run[$0...].starts(with: "]]>".utf8) })
        else { throw MarkupError() }
        append(run)
        if scanner.next != UInt8(ascii: "<") { try scanner.reference(into: &open[open.count - 1].text) }
    }

    /// Line ends become line feeds (XML 1.0 §2.11).
    private mutating func append(_ run: ArraySlice<UInt8>) {
        guard run.contains(0x0D) else { return open[open.count - 1].text += run }
        for index in run.indices {
            if run[index] != 0x0D {
                open[open.count - 1].text.append(run[index])
            } else if run.dropFirst(index - run.startIndex + 1).first != 0x0A {
                open[open.count - 1].text.append(0x0A)
            }
        }
    }

    private mutating func startTag() throws(MarkupError) {
        try scanner.require("<")
        guard open.count < depthLimit else { throw MarkupError() }
        var element = OpenElement(name: try scanner.name())
        let attributes = try attributes()
        for name in attributes where name.prefix?.elementsEqual("xmlns".utf8) == true {
            element.prefixes.append(name.local)
        }
        let isEmpty = scanner.skip("/")
        try scanner.require(">")
        open.append(element)
        for name in [element.name] + attributes { try checkPrefix(name) }
        if isEmpty { close() }
    }

    /// The names of all attributes. Nothing in AWS's responses depends on the values.
    private mutating func attributes() throws(MarkupError) -> [MarkupName] {
        var names: [MarkupName] = []
        while scanner.skipSpace(), scanner.next != UInt8(ascii: ">"), scanner.next != UInt8(ascii: "/") {
            let name = try scanner.name()
            guard !names.contains(where: { $0.whole == name.whole }) else { throw MarkupError() }
            names.append(name)
            scanner.skipSpace()
            try scanner.require("=")
            scanner.skipSpace()
            try attributeValue()
        }
        return names
    }

    private mutating func attributeValue() throws(MarkupError) {
        let quote = scanner.next
        guard scanner.skip("\"") || scanner.skip("'") else { throw MarkupError() }
        var ignored: [UInt8] = []
        while scanner.next != quote {
            _ = scanner.run { $0 == quote || $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: "<") }
            if scanner.next != quote { try scanner.reference(into: &ignored) }
        }
        _ = scanner.skip("\"") || scanner.skip("'")
    }

    /// A prefix is declared by its element or by one around it.
    private func checkPrefix(_ name: MarkupName) throws(MarkupError) {
        guard let prefix = name.prefix, !prefix.elementsEqual("xmlns".utf8), !prefix.elementsEqual("xml".utf8) else {
            return
        }
        guard open.contains(where: { $0.prefixes.contains(prefix) }) else { throw MarkupError() }
    }

    private mutating func endTag() throws(MarkupError) {
        guard try scanner.name().whole == open.last?.name.whole else { throw MarkupError() }
        scanner.skipSpace()
        try scanner.require(">")
        close()
    }

    private mutating func close() {
        guard let closed = open.popLast() else { return }
        let element = MarkupElement(
            name: String(decoding: closed.name.local, as: UTF8.self),
            text: String(decoding: closed.text, as: UTF8.self),
            children: closed.children)
        if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
    }
}
