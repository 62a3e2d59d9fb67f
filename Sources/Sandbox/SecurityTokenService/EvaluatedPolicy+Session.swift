// SPDX-License-Identifier: Apache-2.0

extension EvaluatedPolicy {
    /// Reads the parameter `Policy` of an STS action.
    init(sessionPolicy text: String) throws(STSError) {
        let allowed = text.unicodeScalars.allSatisfy {
            ["\t", "\n", "\r"].contains($0) || ("\u{20}"..."\u{FF}").contains($0)
        }
        guard allowed else {
            throw .constraint(
                "policy", "Member must satisfy regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u00FF]+")
        }
        do {
            try self.init(parsing: text)
        } catch {
            throw .malformedPolicy(error.message)
        }
    }
}
