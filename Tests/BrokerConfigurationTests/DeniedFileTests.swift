// SPDX-License-Identifier: Apache-2.0

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

    @Test("parses one pseudonym per line, with comments, blank lines, LF and CRLF")
    func good() throws {
        let text = "# thieves\r\n\n  \(pseudonym("alice"))  # INC-7\r\n\(pseudonym("bob"))\n\(pseudonym("bob"))"
        #expect(try parse(text) == [pseudonym("alice"), pseudonym("bob")])
        #expect(try parse("").isEmpty)
    }

    @Test("reports each invalid line with its number and without its content")
    func mistakes() {
        let other = PseudonymKey(Array(1..<33))!.pseudonym(Issuer("https://one"), Subject("alice"))
        let found = problems("\(pseudonym("alice"))\nalice@example.com\n\n\(other)\n\(pseudonym("bob"))x\n")
        #expect(found.count == 3)
        #expect(found.first?.hasPrefix("denied.txt:2: found no pseudonym; expected") == true)
        #expect(found.dropFirst().first?.hasPrefix("denied.txt:4: found a pseudonym of another key") == true)
        #expect(found.last?.hasPrefix("denied.txt:5: ") == true)
        #expect(!found.contains { $0.contains("alice@") })
    }

    @Test("rejects a file over 1 MiB, with more than 10,000 pseudonyms, or not in UTF-8")
    func bounds() {
        #expect(problems(String(repeating: "#", count: (1 << 20) + 1)).count == 1)
        let many = (0...10_000).map { "\(pseudonym("\($0)"))\n" }
        #expect(problems(many.dropLast().joined()).isEmpty && problems(many.joined()).count == 1)
        #expect(throws: ConfigurationError.self) {
            try DeniedFile.parse([0xFF, 0xFE], file: "denied.txt", keyID: key.keyID)
        }
    }

    @Test("denied requires pseudonyms.key and a valid file")
    func setting() throws {
        let listen = "listen: 127.0.0.1:8080"
        try TemporaryFile.with("\(pseudonym("alice"))\nbob\n") { path in
            let withoutKey = SettingsFixture.problems(
                SettingsFixture.replacing(listen, by: "\(listen)\ndenied: file:\(path)"))
            #expect(withoutKey.count == 1, "\(withoutKey)")
            #expect(withoutKey.first?.hasPrefix("f:2: denied: found without `pseudonyms`") == true)
            try TemporaryFile.with(Data(0..<32).base64EncodedString().replacingOccurrences(of: "=", with: "")) {
                secret in
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: secret)
                func problems(_ denied: String) -> [String] {
                    SettingsFixture.problems(
                        SettingsFixture.replacing(
                            listen, by: "\(listen)\npseudonyms: {key: \(secret)}\ndenied: \(denied)"))
                }
                let invalid = problems("file:\(path)")
                #expect(invalid.count == 1 && invalid[0].hasPrefix("\(path):2: found no pseudonym"), "\(invalid)")
                #expect(problems("file:no-such-file").first?.contains("can't be read") == true)
                #expect(problems(path).first?.contains("denied: found") == true)
            }
        }
    }
}
