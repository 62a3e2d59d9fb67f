import StrictJSON
import Tokens

/// What the JSON of every policy has (IAM User Guide, "Grammar of the IAM JSON policy language").
enum PolicyJSON {
    static func parse(_ text: String) throws(PolicyError) -> JSONValue {
        do {
            return try JSONValue.parse(Array(text.utf8))
        } catch {
            throw .notJSON
        }
    }

    /// One statement, or a list of at least one.
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

    /// One text, or a list of at least one.
    static func texts(_ json: JSONValue?) throws(PolicyError) -> [String] {
        guard let json else { throw .syntax }
        let list = json.array ?? [json]
        let texts = list.compactMap(\.string)
        guard !texts.isEmpty, texts.count == list.count else { throw .syntax }
        return texts
    }
}
