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
        // All pairs over an alphabet with every kind of character in it, of 1 to 3.
        let alphabet = ["a", "=", ".", "é", "e\u{301}", "|", "0"]
        let pairs = alphabet.flatMap { one in alphabet.map { one + $0 } }
        let triples = pairs.flatMap { pair in alphabet.map { pair + $0 } }
        return fixed + pairs + triples
    }()

    @Test("every name is legal and the same each time")
    func legal() {
        for subject in Self.subjects {
            #expect(isLegal(name(subject)), "\(subject)")
            #expect(name(subject) == name(subject))
        }
    }

    @Test("no two users share a name: other subjects, other issuers, other spellings")
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

    @Test("where the issuer ends and the subject begins makes a difference")
    func boundary() {
        let long = Issuer("https://login.example.com/é")
        let short = Issuer("https://login.example.com/")
        #expect(name("|b", issuer: long) != name("é|b", issuer: short))
    }

    @Test("a subject that is itself a name of another user's does not get that name")
    func impersonation() {
        for subject in Self.subjects {
            let taken = name(subject)
            #expect(name(taken) != taken)
        }
    }

    @Test("a subject that fits stays readable, with its issuer's mark")
    func readable() {
        #expect(name("alice").hasPrefix("alice."))
        #expect(name("alice").utf8.count == "alice.".utf8.count + 16)
        #expect(name(String(repeating: "x", count: 47)).utf8.count == 64)
        #expect(name(String(repeating: "x", count: 48)).hasPrefix("="))
        #expect(name("alice") != name("alice", issuer: Issuer("https://other.example.com/")))
    }

    @Test("a subject that does not fit leaves no trace of itself")
    func hashed() {
        #expect(!name("bob|secret").contains("bob"))
        #expect(name("bob|secret").utf8.count == 64)
    }

    @Test("guests of each app have one legal name that no user and no other app has")
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
