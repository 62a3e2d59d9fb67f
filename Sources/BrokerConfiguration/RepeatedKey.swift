// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Finds the lines of a key that a block mapping has twice. The YAML parser reports only where the mapping begins.
enum RepeatedKey {
    /// - Parameters:
    ///   - start: the line and the column, from 1, of the mapping's first key.
    /// - Returns: the lines of the key in the mapping; empty for a mapping in braces.
    static func lines(of key: String, inMappingAt start: (line: Int, column: Int), _ text: String) -> [Int] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let indentation = start.column - 1
        var found: [Int] = []
        for (index, line) in lines.enumerated().dropFirst(max(0, start.line - 1)) {
            // The first key of a mapping in a list stands behind the dash.
            let isFirst = index == start.line - 1
            guard line.count > indentation else { continue }
            let before = line.prefix(indentation)
            let rest = line.dropFirst(indentation)
            guard isFirst || before.allSatisfy({ $0 == " " }) else {
                // A line with less indentation ends the mapping, unless it is a comment or blank.
                let content = line.drop { $0 == " " }
                if content.isEmpty || content.hasPrefix("#") { continue }
                break
            }
            if Self.key(of: rest) == key { found.append(index + 1) }
        }
        return found
    }

    /// The key at the begin of the text, without its quotes.
    private static func key(of text: Substring) -> String? {
        guard let first = text.first, first != " ", first != "#" else { return nil }
        if first == "\"" || first == "'" {
            let inner = text.dropFirst()
            guard let end = inner.firstIndex(of: first) else { return nil }
            let rest = inner[inner.index(after: end)...].drop { $0 == " " }
            return rest.first == ":" ? String(inner[..<end]) : nil
        }
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let after = text.index(after: colon)
        guard after == text.endIndex || text[after] == " " else { return nil }
        return text[..<colon].trimmingCharacters(in: .whitespaces)
    }
}
