// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Sandbox

@Suite("IAM wildcards")
struct WildcardTests {
    @Test(
        "a pattern matches the text",
        arguments: [
            ("abc", "abc"), ("*", ""), ("*", "a:b/c"), ("a*", "a"), ("a*c", "abbbc"), ("a*c", "acbc"), ("a?c", "abc"),
            ("*b*", "abc"), ("a**c", "ac"), ("?*", "x"), ("rum:*", "rum:putrumevents"), ("*a*b", "xaab"),
        ])
    func matches(pattern: String, text: String) {
        #expect(Wildcard.matches(pattern, text))
    }

    @Test(
        "a pattern does not match the text",
        arguments: [
            ("abc", "ab"), ("ab", "abc"), ("", "a"), ("a?c", "ac"), ("?", ""), ("a*c", "ab"), ("a*b*c", "acb"),
            ("abc", "ABC"), ("*x", "xy"), ("a.c", "abc"),
        ])
    func doesNotMatch(pattern: String, text: String) {
        #expect(!Wildcard.matches(pattern, text))
    }

    @Test("matching many stars against a long text takes bounded time")
    func isBounded() {
        #expect(!Wildcard.matches(String(repeating: "a*", count: 200) + "b", String(repeating: "a", count: 2_000)))
    }
}
