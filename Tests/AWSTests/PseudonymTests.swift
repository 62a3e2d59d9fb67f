// SPDX-License-Identifier: Apache-2.0

import Testing
import Vending

@testable import AWS

@Suite struct PseudonymTests {
    private let key = PseudonymKey(Array(0..<32))!
    private let other = PseudonymKey(Array(1..<33))!

    @Test("a pseudonym has 64 characters that AWS accepts and is the same each time")
    func form() {
        for subject in SessionNameTests.subjects {
            let pseudonym = key.pseudonym(SessionNameTests.issuer, Subject(subject))
            #expect(pseudonym.text.utf8.count == 64)
            #expect(pseudonym.text.utf8.allSatisfy { $0.isASCIIAlphanumeric || "-_.".utf8.contains($0) })
            #expect(Pseudonym.isPlausible(pseudonym.text))
            #expect(pseudonym == key.pseudonym(SessionNameTests.issuer, Subject(subject)))
        }
    }

    @Test("pseudonyms differ between users, issuers and keys")
    func distinct() {
        var seen: Set<String> = []
        // Swift's strings are equal if canonically equivalent; users are compared by bytes.
        for subject in Set(SessionNameTests.subjects.map { Subject($0) }) {
            for issuer in [SessionNameTests.issuer, Issuer("https://login.example.com")] {
                for key in [key, other] {
                    #expect(seen.insert(key.pseudonym(issuer, subject).text).inserted)
                }
            }
        }
    }

    @Test("a pseudonym begins with its key's id")
    func keyID() {
        let pseudonym = key.pseudonym(SessionNameTests.issuer, Subject("alice"))
        #expect(pseudonym.text.hasPrefix(key.keyID + "."))
        #expect(key.keyID != other.keyID)
    }

    @Test("a pseudonym never equals a session name in clear")
    func clear() {
        for subject in SessionNameTests.subjects {
            let name = SessionName(issuer: SessionNameTests.issuer, subject: Subject(subject)).text
            #expect(!Pseudonym.isPlausible(name))
        }
    }

    @Test("a sealed user opens only with its key and for its pseudonym")
    func seal() throws {
        for subject in SessionNameTests.subjects {
            let auditSubject = key.pseudonymize(SessionNameTests.issuer, Subject(subject))
            let opened = try #require(key.open(auditSubject.sealed, of: auditSubject.pseudonym))
            #expect(opened.issuer == SessionNameTests.issuer && opened.subject == Subject(subject))
            #expect(other.open(auditSubject.sealed, of: auditSubject.pseudonym) == nil)
            #expect(
                key.open(auditSubject.sealed, of: key.pseudonym(SessionNameTests.issuer, Subject("mallory"))) == nil)
            #expect(!auditSubject.sealed.contains("alice"))
        }
    }

    @Test("rejects a modified seal", arguments: [0, 10, 20, 40])
    func tampered(position: Int) {
        let auditSubject = key.pseudonymize(SessionNameTests.issuer, Subject("alice"))
        var characters = Array(auditSubject.sealed)
        characters[position] = characters[position] == "A" ? "B" : "A"
        #expect(key.open(String(characters), of: auditSubject.pseudonym) == nil)
    }

    @Test(
        "rejects a text that is not a seal",
        arguments: ["", "A", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "é"])
    func garbage(text: String) {
        #expect(key.open(text, of: Pseudonym("p")) == nil)
    }

    @Test("rejects a pseudonym key that is not 32 bytes long", arguments: [0, 16, 31, 33])
    func length(count: Int) {
        #expect(PseudonymKey([UInt8](repeating: 1, count: count)) == nil)
    }

    @Test("the description of a pseudonym key is redacted")
    func redacted() {
        #expect("\(key)" == "[redacted pseudonym key \(key.keyID)]")
        #expect(String(reflecting: key) == "\(key)")
    }
}
