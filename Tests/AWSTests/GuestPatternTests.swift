// SPDX-License-Identifier: Apache-2.0

import Testing
import Vending

@testable import AWS

/// A policy that spares or denies guests does it by the patterns of their session names, so a user whose subject looks
/// like a guest's session name must not match them.
@Suite struct GuestPatternTests {
    private static let subjects = [
        "=", "==", "=a", "=guest", "=guest.", "=guest.shop", "=guest=", "=guest*", "=visitor", "=visitor.",
        "=visitor.0123456789abcdef", "=Guest.shop", "=g", "=v", "=é", "=guest.é", "=guest shop",
        "=guest." + String(repeating: "a", count: 40), "=guest." + String(repeating: "a", count: 57),
        "=guest." + String(repeating: "a", count: 200), "guest.shop", "visitor.0",
    ]

    /// IAM's StringLike: case-sensitive, `*` for any characters, `?` for one.
    private func isLike(_ text: Substring, _ pattern: Substring) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == "*" {
            return isLike(text, pattern.dropFirst()) || (!text.isEmpty && isLike(text.dropFirst(), pattern))
        }
        guard let character = text.first, first == "?" || first == character else { return false }
        return isLike(text.dropFirst(), pattern.dropFirst())
    }

    private func isGuest(_ name: SessionName) -> Bool {
        SessionName.guestPatterns.contains { isLike(name.text[...], $0[...]) }
    }

    @Test(
        "a user's session name in clear matches no pattern of guests, whatever the subject begins with",
        arguments: subjects)
    func clear(subject: String) {
        for issuer in [Issuer("https://login.example.com/"), Issuer("=guest")] {
            #expect(!isGuest(SessionName(issuer: issuer, subject: Subject(subject))))
        }
    }

    @Test("a user's pseudonymous session name matches no pattern of guests", arguments: subjects)
    func pseudonymous(subject: String) {
        let pseudonym = Fixture.pseudonyms.pseudonym(Issuer("https://login.example.com/"), Subject(subject))
        #expect(!isGuest(SessionName(pseudonym)))
    }

    @Test("the session names of guests and visitors match a pattern of guests")
    func guests() throws {
        for app in ["shop", String(repeating: "a", count: 64)] {
            #expect(isGuest(SessionName(guestsOf: try #require(AppName(app)))))
        }
        #expect(isGuest(SessionName(visitor: "0123456789abcdef")))
    }
}
