// SPDX-License-Identifier: Apache-2.0

/// Patterns of IAM policies. If it is uncertain how AWS evaluates a pattern, `certainly` returns false and `possibly`
/// returns true: `Allow` requires a certain match, and `Deny` a possible one.
enum PolicyPattern {
    /// Whether `pattern` is `*`, or a service prefix and a name of ASCII letters, digits, `*`, `?` and `-`.
    static func isAction(_ pattern: String) -> Bool {
        let parts = pattern.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        return pattern == "*"
            || parts.count == 2
                && parts.allSatisfy { part in
                    !part.isEmpty && part.allSatisfy { $0.isASCIIAlphanumeric || "*?-".utf8.contains($0) }
                }
    }

    /// Whether the pattern matches the action, ignoring case.
    static func action(_ pattern: String, certainly action: String) -> Bool {
        guard pattern != "*" else { return true }
        let service = pattern.prefix { $0 != ":" }
        // AWS does not document wildcards in the service prefix.
        return !service.utf8.contains(where: isWildcard) && self.action(pattern, possibly: action)
    }

    static func action(_ pattern: String, possibly action: String) -> Bool {
        matches(pattern.lowercased().utf8, action.lowercased().utf8)
    }

    static func isResource(_ pattern: String) -> Bool { pattern == "*" || pattern.hasPrefix("arn:") }

    /// Compares each of the six parts of an ARN separately: a wildcard does not match beyond its part (IAM,
    /// "Resource").
    static func resource(_ pattern: String, certainly arn: String) -> Bool {
        guard pattern != "*" else { return true }
        let (patterns, parts) = (parts(pattern), parts(arn))
        return !hasVariable(pattern) && patterns.count == parts.count
            && zip(patterns, parts).allSatisfy { matches($0, $1) }
    }

    static func resource(_ pattern: String, possibly arn: String) -> Bool {
        hasVariable(pattern) || matches(pattern.utf8, arn.utf8)
    }

    private static func hasVariable(_ pattern: String) -> Bool {
        zip(pattern.utf8, pattern.utf8.dropFirst()).contains { $0 == UInt8(ascii: "$") && $1 == UInt8(ascii: "{") }
    }

    private static func parts(_ arn: String) -> [Substring.UTF8View] {
        arn.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 5, omittingEmptySubsequences: false)
    }

    private static func isWildcard(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") }

    /// `*` matches any number of bytes, `?` exactly one. Takes O(pattern × text) steps at most.
    private static func matches<Bytes: BidirectionalCollection<UInt8>>(_ pattern: Bytes, _ text: Bytes) -> Bool {
        var (p, t) = (pattern.startIndex, text.startIndex)
        // Where to continue if the last star has to match one more byte.
        var retry: (pattern: Bytes.Index, text: Bytes.Index)?
        while t < text.endIndex {
            if p < pattern.endIndex, pattern[p] == UInt8(ascii: "*") {
                p = pattern.index(after: p)
                retry = (p, t)
            } else if p < pattern.endIndex, pattern[p] == UInt8(ascii: "?") || pattern[p] == text[t] {
                p = pattern.index(after: p)
                t = text.index(after: t)
            } else if let (star, start) = retry {
                p = star
                t = text.index(after: start)
                retry = (star, t)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
