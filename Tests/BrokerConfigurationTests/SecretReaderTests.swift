// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Foundation
import TestSupport
import Testing
import Tokens

@testable import AWS
@testable import BrokerConfiguration

@Suite struct SecretReaderTests {
    private static let secret = [UInt8](repeating: 7, count: 32)

    private static func minting(_ reference: String) -> String {
        SettingsFixture.text + "\nminting: {issuer: \"https://purser.example.com\", keys: [\(reference)]}\n"
    }

    private static func pseudonyms(_ reference: String) -> String {
        SettingsFixture.text + "\npseudonyms: {key: \(reference)}\n"
    }

    @Test("reads the pseudonym key from a variable, from file:PATH and from a plain path")
    func pseudonymKey() throws {
        let text = Base64URL.encode(Self.secret)
        let file = try TemporaryFile(text)
        try file.setPermissions(0o600)
        for reference in ["env:THE_KEY", "file:\(file.path)", file.path] {
            let settings = try SettingsFile.parse(
                Self.pseudonyms(reference), file: "f", variables: ["THE_KEY": " \(text)\n"])
            #expect(settings.pseudonymKey?.keyID == PseudonymKey(Self.secret)?.keyID, "\(reference)")
        }
    }

    @Test("reads signing keys from variables as PEM and as base64 of PEM")
    func signingKeys() throws {
        let (first, second) = (try PrivateKey.generate(.ec(.p256)).pem, try PrivateKey.generate(.ec(.p256)).pem)
        let settings = try SettingsFile.parse(
            Self.minting("env:FIRST, env:_SECOND2"), file: "f",
            variables: [
                "FIRST": String(decoding: first, as: UTF8.self), "_SECOND2": Data(second).base64EncodedString(),
            ])
        let expected = try [first, second].map { try PrivateKey(pem: $0).publicKey }
        #expect(settings.minting?.keys.count == 2)
        #expect(settings.minting?.keys.map(\.signer.keyID) == expected.map(TokenSigner.thumbprint))
    }

    @Test(
        "reports a variable that cannot be used at the line of its setting, without its content",
        arguments: [
            ("env:ABSENT", "env:ABSENT: is not set"), ("env:EMPTY", "env:EMPTY: is empty"),
            ("env:BLANK", "env:BLANK: is empty"), ("\"env:\"", "without a variable's name"),
            ("env:1ST", "without a variable's name"), ("\"env:A B\"", "without a variable's name"),
            ("env:LARGE", "env:LARGE: is larger than 64 KiB"), ("env:WRONG", "env:WRONG: "),
        ])
    func unusable(reference: String, message: String) {
        let variables = [
            "EMPTY": "", "BLANK": " \n", "LARGE": String(repeating: "A", count: 65_537), "WRONG": "xyzzy-secret",
        ]
        let line = SettingsFixture.text.split(separator: "\n", omittingEmptySubsequences: false).count + 1
        for (text, setting) in [
            (Self.pseudonyms(reference), "pseudonyms.key"), (Self.minting(reference), "minting.keys"),
        ] {
            let problems = SettingsFixture.problems(text, variables: variables)
            #expect(problems.count == 1, "\(problems)")
            #expect(problems.first?.hasPrefix("f:\(line): \(setting): ") == true, "\(problems)")
            #expect(problems.first?.contains(message) == true, "\(problems)")
            #expect(!problems.joined().contains("xyzzy"))
        }
    }

    @Test("never shows a key that stands in the file in place of a reference")
    func pasted() throws {
        let text = Base64URL.encode(Self.secret)
        let pem = String(decoding: try PrivateKey.generate(.ec(.p256)).pem, as: UTF8.self)
        let body = try #require(pem.split(separator: "\n").dropFirst().first)
        let inline = pem.replacingOccurrences(of: "\n", with: "\\n")
        let mistakes = [
            Self.pseudonyms(text), Self.pseudonyms("[\(text)]"), Self.pseudonyms("file:\(text)"),
            Self.minting("\"\(inline)\""), Self.minting(String(body)),
            SettingsFixture.text + "\nminting: {issuer: \"https://p.example\", keys: \"\(inline)\"}\n",
            SettingsFixture.text + "\nminting: {issuer: \"https://p.example\", keys: [\(text), \(text)]}\n",
        ]
        for mistake in mistakes {
            let problems = SettingsFixture.problems(mistake)
            #expect(!problems.isEmpty)
            #expect(!problems.joined().contains(text), "\(problems)")
            #expect(!problems.joined().contains(body.prefix(12)), "\(problems)")
        }
    }

    @Test("names a file that cannot be read")
    func missing() {
        let problems = SettingsFixture.problems(Self.pseudonyms("file:/nowhere/pseudonyms.key"))
        #expect(problems.first?.contains("/nowhere/pseudonyms.key: can't be read") == true, "\(problems)")
    }
}
