// SPDX-License-Identifier: Apache-2.0

import StrictJSON
import Tokens

/// Parsing that all policy types share (IAM User Guide, "Grammar of the IAM JSON policy language").
enum PolicyJSON {
    static func parse(_ text: String) throws(PolicyError) -> JSONValue {
        do {
            return try JSONValue.parse(Array(text.utf8))
        } catch {
            throw .notJSON
        }
    }

    /// - Parameter json: one statement, or a non-empty list of statements.
    static func statements<Statement>(
        _ json: JSONValue?, _ read: (JSONValue) throws(PolicyError) -> Statement
    ) throws(PolicyError) -> [Statement] {
        guard let json else { throw .syntax }
        let list = json.array ?? [json]
        guard !list.isEmpty else { throw .syntax }
        var statements: [Statement] = []
        for item in list { statements.append(try read(item)) }
        return statements
    }

    /// - Parameter json: one string, or a non-empty list of strings.
    static func strings(_ json: JSONValue?) throws(PolicyError) -> [String] {
        guard let json else { throw .syntax }
        let list = json.array ?? [json]
        let strings = list.compactMap(\.string)
        guard !strings.isEmpty, strings.count == list.count else { throw .syntax }
        return strings
    }
}
