// SPDX-License-Identifier: Apache-2.0

private import FoundationEssentials

/// Textual encodings of keys (RFC 7468). Explanatory text around the blocks is allowed.
package enum PEM {
    package struct Block: Sendable {
        /// For example `PUBLIC KEY`.
        package let label: String
        package let der: [UInt8]
    }

    package static func blocks(_ bytes: [UInt8]) throws(PEMError) -> [Block] {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notText }
        var blocks: [Block] = []
        var open: (label: Substring, line: Int, body: String)?
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = line.lastIndex { !$0.isWhitespace }.map { line[...$0] } ?? ""
            if let label = boundary("BEGIN", line) {
                guard open == nil else { throw .unbalanced(line: index + 1) }
                open = (label, index + 1, "")
            } else if let label = boundary("END", line) {
                guard let block = open, block.label == label else { throw .unbalanced(line: index + 1) }
                guard let der = Data(base64Encoded: block.body), !der.isEmpty else {
                    throw .notBase64(line: block.line)
                }
                blocks.append(Block(label: String(label), der: Array(der)))
                open = nil
            } else if open != nil {
                open?.body += line
            }
        }
        if let open { throw .unbalanced(line: open.line) }
        return blocks
    }

    private static func boundary(_ word: String, _ line: Substring) -> Substring? {
        let prefix = "-----\(word) "
        guard line.hasPrefix(prefix), line.hasSuffix("-----"), line.count > prefix.count + 5 else { return nil }
        return line.dropFirst(prefix.count).dropLast(5)
    }
}

package enum PEMError: Error, Hashable, Sendable {
    case notText
    /// A BEGIN line without its END line, or an END line whose label does not match.
    case unbalanced(line: Int)
    case notBase64(line: Int)
}
