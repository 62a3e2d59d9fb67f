// SPDX-License-Identifier: Apache-2.0

import Foundation
import FoundationXML

/// Parses the XML of AWS's responses within limits: UTF-8, no document type, no entities except the five of XML itself.
enum MarkupDocument {
    /// In bytes; responses of STS have about 2,000.
    static let sizeLimit = 65_536
    static let depthLimit = 16

    /// The root, or `nil` for anything but one complete, well-formed document within the limits.
    static func parse(_ bytes: [UInt8]) -> MarkupElement? {
        guard bytes.count <= sizeLimit, !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self),
            let body = withoutDeclaration(text[...]), !hasDocumentType(body.utf8)
        else { return nil }
        let parser = XMLParser(data: Data(body.utf8))
        parser.shouldProcessNamespaces = true
        parser.shouldResolveExternalEntities = false
        let builder = MarkupBuilder(depthLimit: depthLimit)
        parser.delegate = builder
        // parse() returns true despite trailing garbage, but sets parserError.
        guard parser.parse(), parser.parserError == nil else { return nil }
        return builder.root
    }

    /// Removes the declaration, so that its encoding cannot make the parser read other characters than are checked
    /// here.
    private static func withoutDeclaration(_ text: Substring) -> Substring? {
        guard text.hasPrefix("<?xml") else { return text }
        guard let end = text.firstRange(of: "?>") else { return nil }
        return text[end.upperBound...]
    }

    /// `<!` other than a comment or CDATA: a document type can declare entities that expand or load other files.
    private static func hasDocumentType(_ bytes: Substring.UTF8View) -> Bool {
        var rest = bytes
        while let exclamation = rest.firstIndex(of: UInt8(ascii: "!")) {
            let before = exclamation > rest.startIndex ? rest[rest.index(before: exclamation)] : 0
            let after = rest[rest.index(after: exclamation)...].first
            if before == UInt8(ascii: "<"), after != UInt8(ascii: "-"), after != UInt8(ascii: "[") { return true }
            rest = rest[rest.index(after: exclamation)...]
        }
        return false
    }
}

private final class MarkupBuilder: NSObject, XMLParserDelegate {
    private let depthLimit: Int
    private var open: [MarkupElement] = []
    private var isRejected = false
    private(set) var root: MarkupElement?

    init(depthLimit: Int) {
        self.depthLimit = depthLimit
    }

    func parser(
        _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        guard !isRejected, root == nil, open.count < depthLimit else { return reject(parser) }
        open.append(MarkupElement(name: elementName))
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        guard !open.isEmpty else { return }
        open[open.count - 1].text += string
    }

    func parser(_ parser: XMLParser, foundCDATA block: Data) {
        guard !open.isEmpty, let text = String(validating: block, as: UTF8.self) else { return reject(parser) }
        open[open.count - 1].text += text
    }

    func parser(
        _ parser: XMLParser, didEndElement elementName: String, namespaceURI: String?, qualifiedName: String?
    ) {
        guard !isRejected, let element = open.popLast() else { return reject(parser) }
        if open.isEmpty {
            root = element
        } else {
            open[open.count - 1].children.append(element)
        }
    }

    private func reject(_ parser: XMLParser) {
        isRejected = true
        root = nil
        parser.abortParsing()
    }
}
