/// Patterns of IAM policies. Where it is open what AWS makes of one, `certainly` is false and `possibly` true: what allows
/// must match certainly, and what denies possibly.
enum PolicyPattern {
    /// An action of a policy: `*`, or vendor and name in visible ASCII.
    static func isAction(_ pattern: String) -> Bool {
        let parts = pattern.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        return pattern == "*"
            || parts.count == 2
                && parts.allSatisfy { part in
                    !part.isEmpty && part.allSatisfy { $0.isASCIIAlphanumeric || "*?-".utf8.contains($0) }
                }
    }

    /// Whether the pattern of a wildcard names the action, without regard to case.
    static func action(_ pattern: String, certainly action: String) -> Bool {
        guard pattern != "*" else { return true }
        let vendor = pattern.prefix { $0 != ":" }
        // A wildcard for the vendor is nothing that AWS documents.
        return !vendor.utf8.contains(where: isWildcard) && self.action(pattern, possibly: action)
    }

    static func action(_ pattern: String, possibly action: String) -> Bool {
        matches(pattern.lowercased().utf8, action.lowercased().utf8)
    }

    static func isResource(_ pattern: String) -> Bool { pattern == "*" || pattern.hasPrefix("arn:") }

    /// Each of the six parts of an ARN for itself: a wildcard does not reach beyond its part (IAM, "Resource").
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

    /// `*` stands for any bytes and none, `?` for one. Takes at most pattern times text steps.
    private static func matches<Bytes: BidirectionalCollection<UInt8>>(_ pattern: Bytes, _ text: Bytes) -> Bool {
        var (p, t) = (pattern.startIndex, text.startIndex)
        // Where to go on when the last star takes one byte more.
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
