// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PurserCommand

/// What `purser explain` recognizes on its standard input.
@Suite struct TokenInputTests {
    @Test(
        "takes a token alone or after Bearer, and everything that is not certainly something else",
        arguments: [
            ("e30.e30.AAAA", "e30.e30.AAAA"), (" e30.e30.AAAA\n", "e30.e30.AAAA"),
            ("Bearer e30.e30.AAAA\n", "e30.e30.AAAA"), ("bearer  e30.e30.AAAA", "e30.e30.AAAA"),
            ("opaque-token", "opaque-token"), ("a.b.c.d", "a.b.c.d"), ("two words.x", "two words.x"),
        ])
    func tokens(text: String, token: String) {
        #expect(TokenInput(text) == .token(token))
    }

    @Test(
        "names what is certainly no token",
        arguments: [
            ("", "no token"), ("\n", "no token"), ("e30.e30", "two parts"),
            ("e30.e30.e30.e30.e30", "five parts"), ("e30..e30.e30.e30", "five parts"),
            (#"{"access_token":"e30.e30.AAAA","token_type":"Bearer"}"#, "the value of access_token"),
            (#"{"id_token":"x","access_token":"y"}"#, "id_token or access_token"),
            (#"{"payload":"e30","signatures":[]}"#, "JSON serialization"), (#"{"iss":"x"}"#, "decoded claims"),
            (#"{"error":"invalid_grant"}"#, "a JSON object"), ("{broken", "not JSON"),
            (#"["e30.e30.AAAA"]"#, "JSON array"),
            (#""e30.e30.AAAA""#, "quotation marks"),
        ])
    func others(text: String, words: String) {
        guard case .other(let description) = TokenInput(text) else {
            Issue.record("taken for a token: \(text)")
            return
        }
        #expect(description.contains(words))
    }
}
