import Testing
import Vending

@testable import AWS

@Suite struct PseudonymTests {
    private let key = PseudonymKey(Array(0..<32))!
    private let other = PseudonymKey(Array(1..<33))!

    @Test("a pseudonym is 64 characters that AWS takes, the same each time, and says nothing of the user")
    func form() {
        for subject in SessionNameTests.subjects {
            let pseudonym = key.pseudonym(SessionNameTests.issuer, Subject(subject))
            #expect(pseudonym.text.utf8.count == 64)
            #expect(pseudonym.text.utf8.allSatisfy { $0.isASCIIAlphanumeric || "-_.".utf8.contains($0) })
            #expect(Pseudonym.isPlausible(pseudonym.text))
            #expect(pseudonym == key.pseudonym(SessionNameTests.issuer, Subject(subject)))
        }
    }

    @Test("no two users have one pseudonym, nor one user under two issuers or two keys")
    func distinct() {
        var seen: Set<String> = []
        // Swift takes canonically equivalent texts for one; users are told apart by bytes.
        for subject in Set(SessionNameTests.subjects.map { Subject($0) }) {
            for issuer in [SessionNameTests.issuer, Issuer("https://login.example.com")] {
                for key in [key, other] {
                    #expect(seen.insert(key.pseudonym(issuer, subject).text).inserted)
                }
            }
        }
    }

    @Test("pseudonyms begin with their key's id")
    func keyID() {
        let pseudonym = key.pseudonym(SessionNameTests.issuer, Subject("alice"))
        #expect(pseudonym.text.hasPrefix(key.keyID + "."))
        #expect(key.keyID != other.keyID)
    }

    @Test("a pseudonym never equals a session's name in clear")
    func clear() {
        for subject in SessionNameTests.subjects {
            let name = SessionName(issuer: SessionNameTests.issuer, subject: Subject(subject)).text
            #expect(!Pseudonym.isPlausible(name))
        }
    }

    @Test("the seal opens to the user with its key and for its pseudonym only")
    func seal() throws {
        for subject in SessionNameTests.subjects {
            let mark = key.pseudonymize(SessionNameTests.issuer, Subject(subject))
            let opened = try #require(key.open(mark.sealed, of: mark.pseudonym))
            #expect(opened.issuer == SessionNameTests.issuer && opened.subject == Subject(subject))
            #expect(other.open(mark.sealed, of: mark.pseudonym) == nil)
            #expect(key.open(mark.sealed, of: key.pseudonym(SessionNameTests.issuer, Subject("mallory"))) == nil)
            #expect(!mark.sealed.contains("alice"))
        }
    }

    @Test("a seal that was changed does not open", arguments: [0, 10, 20, 40])
    func tampered(position: Int) {
        let mark = key.pseudonymize(SessionNameTests.issuer, Subject("alice"))
        var characters = Array(mark.sealed)
        characters[position] = characters[position] == "A" ? "B" : "A"
        #expect(key.open(String(characters), of: mark.pseudonym) == nil)
    }

    @Test(
        "what is no seal does not open",
        arguments: ["", "A", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "é"])
    func garbage(text: String) {
        #expect(key.open(text, of: Pseudonym("p")) == nil)
    }

    @Test("only 32 bytes are a key", arguments: [0, 16, 31, 33])
    func length(count: Int) {
        #expect(PseudonymKey([UInt8](repeating: 1, count: count)) == nil)
    }

    @Test("a key prints itself redacted")
    func redacted() {
        #expect("\(key)" == "[redacted pseudonym key \(key.keyID)]")
        #expect(String(reflecting: key) == "\(key)")
    }
}
