import AWS
import Foundation
import TestSupport
import Testing
import Vending

@testable import BrokerConfiguration

@Suite struct DeniedFileTests {
    private let key = PseudonymKey(Array(0..<32))!

    private func pseudonym(_ name: String) -> Pseudonym { key.pseudonym(Issuer("https://one"), Subject(name)) }

    private func parse(_ text: String) throws(ConfigurationError) -> Set<Pseudonym> {
        try DeniedFile.parse(Array(text.utf8), file: "denied.txt", keyID: key.keyID)
    }

    private func problems(_ text: String) -> [String] {
        do throws(ConfigurationError) {
            _ = try parse(text)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test("a pseudonym a line, with comments, blank lines and either line end")
    func good() throws {
        let text = "# thieves\r\n\n  \(pseudonym("alice"))  # INC-7\r\n\(pseudonym("bob"))\n\(pseudonym("bob"))"
        #expect(try parse(text) == [pseudonym("alice"), pseudonym("bob")])
        #expect(try parse("").isEmpty)
    }

    @Test("each line that is wrong is told with its number and not repeated")
    func mistakes() {
        let other = PseudonymKey(Array(1..<33))!.pseudonym(Issuer("https://one"), Subject("alice"))
        let found = problems("\(pseudonym("alice"))\nalice@example.com\n\n\(other)\n\(pseudonym("bob"))x\n")
        #expect(found.count == 3)
        #expect(found.first?.hasPrefix("denied.txt:2: found no pseudonym; expected") == true)
        #expect(found.dropFirst().first?.hasPrefix("denied.txt:4: found a pseudonym of another key") == true)
        #expect(found.last?.hasPrefix("denied.txt:5: ") == true)
        #expect(!found.contains { $0.contains("alice@") })
    }

    @Test("size, entries and encoding have their bounds")
    func bounds() {
        #expect(problems(String(repeating: "#", count: (1 << 20) + 1)).count == 1)
        let many = (0...10_000).map { "\(pseudonym("\($0)"))\n" }
        #expect(problems(many.dropLast().joined()).isEmpty && problems(many.joined()).count == 1)
        #expect(throws: ConfigurationError.self) {
            try DeniedFile.parse([0xFF, 0xFE], file: "denied.txt", keyID: key.keyID)
        }
    }

    @Test("the setting needs a file that is good, and the key of the pseudonyms")
    func setting() throws {
        let listen = "listen: 127.0.0.1:8080"
        try TemporaryFile.with("\(pseudonym("alice"))\nbob\n") { path in
            let needed = SettingsFixture.problems(
                SettingsFixture.replacing(listen, by: "\(listen)\ndenied: file:\(path)"))
            #expect(needed.count == 1 && needed[0].hasPrefix("f:2: denied: found without `pseudonyms`"), "\(needed)")
            try TemporaryFile.with(Data(0..<32).base64EncodedString().replacingOccurrences(of: "=", with: "")) {
                secret in
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: secret)
                func problems(_ denied: String) -> [String] {
                    SettingsFixture.problems(
                        SettingsFixture.replacing(
                            listen, by: "\(listen)\npseudonyms: {key: \(secret)}\ndenied: \(denied)"))
                }
                let bad = problems("file:\(path)")
                #expect(bad.count == 1 && bad[0].hasPrefix("\(path):2: found no pseudonym"), "\(bad)")
                #expect(problems("file:no-such-file").first?.contains("can't be read") == true)
                #expect(problems(path).first?.contains("denied: found") == true)
            }
        }
    }
}
