// SPDX-License-Identifier: Apache-2.0

/// IAM's patterns: `*` matches any text, including the empty text, `:` and `/`; `?` matches exactly one character.
enum Wildcard {
    /// Takes at most `pattern` length × `text` length steps, so a hostile pattern cannot cause exponential
    /// backtracking.
    static func matches(_ pattern: String, _ text: String) -> Bool {
        let pattern = Array(pattern.unicodeScalars)
        let text = Array(text.unicodeScalars)
        var (p, t) = (0, 0)
        // Position to resume from when the last star matches one more character.
        var retry: (pattern: Int, text: Int)?
        while t < text.count {
            if p < pattern.count, pattern[p] == "*" {
                retry = (p + 1, t)
                p += 1
            } else if p < pattern.count, pattern[p] == "?" || pattern[p] == text[t] {
                p += 1
                t += 1
            } else if let (star, start) = retry {
                retry = (star, start + 1)
                p = star
                t = start + 1
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == "*" }
    }
}
