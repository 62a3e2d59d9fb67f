// SPDX-License-Identifier: Apache-2.0

import Testing
import Vending

@testable import AWS

@Suite struct SessionNameTests {
    static let issuer = Issuer("https://login.example.com/")

    private func name(_ subject: String, issuer: Issuer = issuer) -> String {
        SessionName(issuer: issuer, subject: Subject(subject)).text
    }

    private func isLegal(_ name: String) -> Bool {
        (2...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { $0.isASCIIAlphanumeric || "_+=,.@-".utf8.contains($0) }
    }

    static let subjects: [String] = {
        let fixed = [
            "a", "=", "=a", "==", "alice", "Alice", "alice@example.com", "auth0|5f7c8ec7c33c6c004bbafe82", "a b", "a/b",
            "a:b", "é", "e\u{301}", "\u{212B}", "Å", "A\u{30A}", "日本", "😀", ".", "..", "-", "@", "1:a", "a\u{0}",
            String(repeating: "x", count: 46), String(repeating: "x", count: 47), String(repeating: "x", count: 48),
            String(repeating: "x", count: 64), String(repeating: "x", count: 255), String(repeating: "x", count: 256),
            String(repeating: "é", count: 128), "alice.0123456789abcdef", "=guest.demo-store", "purser-guest.demo",
        ]
        // All pairs and triples over an alphabet with every kind of character.
        let alphabet = ["a", "=", ".", "é", "e\u{301}", "|", "0"]
        let pairs = alphabet.flatMap { one in alphabet.map { one + $0 } }
        let triples = pairs.flatMap { pair in alphabet.map { pair + $0 } }
        return fixed + pairs + triples
    }()

    @Test("every session name is legal and the same each time")
    func legal() {
        for subject in Self.subjects {
            #expect(isLegal(name(subject)), "\(subject)")
            #expect(name(subject) == name(subject))
        }
    }

    @Test("no two users share a session name, whatever their subjects, issuers and encodings")
    func unique() {
        var owners: [String: [UInt8]] = [:]
        let issuers = [
            Self.issuer, Issuer("https://login.example.com"), Issuer("https://é.example.com/"),
            Issuer("https://e\u{301}.example.com/"),
        ]
        for issuer in issuers {
            for subject in Self.subjects {
                let owner = Array("\(issuer.rawValue)\n".utf8) + Array(subject.utf8)
                let name = name(subject, issuer: issuer)
                if let other = owners[name] { #expect(other == owner, "\(name)") }
                owners[name] = owner
            }
        }
        #expect(owners.count > 1_000)
    }

    @Test("the boundary between issuer and subject changes the session name")
    func boundary() {
        let long = Issuer("https://login.example.com/é")
        let short = Issuer("https://login.example.com/")
        #expect(name("|b", issuer: long) != name("é|b", issuer: short))
    }

    @Test("a subject equal to another user's session name gets a different name")
    func impersonation() {
        for subject in Self.subjects {
            let taken = name(subject)
            #expect(name(taken) != taken)
        }
    }

    @Test("a subject that fits stays readable, with a suffix for its issuer")
    func readable() {
        #expect(name("alice").hasPrefix("alice."))
        #expect(name("alice").utf8.count == "alice.".utf8.count + 16)
        #expect(name(String(repeating: "x", count: 47)).utf8.count == 64)
        #expect(name(String(repeating: "x", count: 48)).hasPrefix("="))
        #expect(name("alice") != name("alice", issuer: Issuer("https://other.example.com/")))
    }

    @Test("a subject that does not fit is hashed")
    func hashed() {
        #expect(!name("bob|secret").contains("bob"))
        #expect(name("bob|secret").utf8.count == 64)
    }

    @Test("guests of each app share one legal session name that no user and no other app has")
    func guests() throws {
        let names = [
            "a", "demo-store", "Demo-Store", String(repeating: "a", count: 57), String(repeating: "a", count: 58),
            String(repeating: "a", count: 64),
        ]
        let guests = try names.map { try #require(AppName($0)) }.map { SessionName(guestsOf: $0).text }
        #expect(Set(guests).count == names.count)
        #expect(guests.allSatisfy(isLegal))
        #expect(guests[1] == "=guest.demo-store")
        let users = Set((Self.subjects + guests).map { name($0) })
        #expect(users.isDisjoint(with: guests))
    }
}
