// SPDX-License-Identifier: Apache-2.0

import AWS
import Foundation
import TestSupport
import Testing
import Vending

@testable import BrokerConfiguration

@Suite struct LogoutSettingsTests {
    private let key = PseudonymKey(Array(0..<32))!

    /// - Parameters:
    ///   - entry: added to the issuer.
    ///   - top: added to the file, where `KEY` and `FILE` stand for paths.
    private func problems(_ entry: String, _ top: String, content: String = "") throws -> [String] {
        try result(entry, top, content) { SettingsFixture.problems($0) }
    }

    private func result<Value>(_ entry: String, _ top: String, _ content: String, _ body: (String) throws -> Value)
        throws
        -> Value
    {
        try TemporaryFile.with(content) { file in
            try TemporaryFile.with(Data(0..<32).base64EncodedString().replacingOccurrences(of: "=", with: "")) {
                secret in
                for path in [file, secret] {
                    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
                }
                let top = top.replacingOccurrences(of: "KEY", with: "{key: \(secret)}")
                    .replacingOccurrences(of: "FILE", with: file)
                let text = SettingsFixture.replacing("    leeway: 30s", by: "    leeway: 30s\n    \(entry)")
                return try body(top + "\n" + text)
            }
        }
    }

    @Test("reads the name and the audiences of an issuer, and the file and the size of the list")
    func good() throws {
        let top = "pseudonyms: KEY\nlogouts: {file: FILE, entries: 1000}"
        let settings = try result("backchannel-logout: {name: a-1, audiences: [web]}", top, "") {
            try SettingsFile.parse($0, file: "f", variables: [:])
        }
        #expect(settings.issuers.first?.logout?.name == "a-1" && settings.issuers.first?.logout?.audiences == ["web"])
        #expect(settings.logouts?.entries == 1_000 && settings.issuers.first?.limitsLifetime == true)
        let usual = try SettingsFile.parse(SettingsFixture.text, file: "f", variables: [:])
        #expect(usual.logouts == nil && usual.issuers.first?.logout == nil)
    }

    @Test(
        "reports each mistake with its line, and only that one",
        arguments: [
            ("backchannel-logout: {name: Login}", "f:12: issuers[0].backchannel-logout.name: found \"Login\""),
            ("backchannel-logout: {name: a--b}", "f:12: issuers[0].backchannel-logout.name: found \"a--b\""),
            ("backchannel-logout: {name: a/b}", "f:12: issuers[0].backchannel-logout.name: found \"a/b\""),
            ("backchannel-logout: {}", "f:12: issuers[0].backchannel-logout.name: missing"),
            ("backchannel-logout: login", "f:12: issuers[0].backchannel-logout: found \"login\"; expected a mapping"),
            ("backchannel-logout: {name: a, audiences: []}", "f:12: issuers[0].backchannel-logout.audiences: found"),
            ("backchannel-logout: {name: a, path: b}", "f:12: issuers[0].backchannel-logout.path: found \"path\""),
        ])
    func issuer(entry: String, message: String) throws {
        let found = try problems(entry, "pseudonyms: KEY\nlogouts: {file: FILE}")
        #expect(found.count == 1 && found[0].hasPrefix(message), "\(found)")
    }

    @Test(
        "reports mistakes of the list with their line, and only those",
        arguments: [
            ("pseudonyms: KEY", "f:11: issuers[0].backchannel-logout: found without `logouts`"),
            ("logouts: {file: FILE}", "f:1: logouts: found without `pseudonyms`"),
            ("pseudonyms: KEY\nlogouts: {file: FILE, entries: 999}", "f:2: logouts.entries: found \"999\""),
            ("pseudonyms: KEY\nlogouts: {entries: 1000}", "f:2: logouts.file: missing"),
            ("pseudonyms: KEY\nlogouts: {file: FILE, size: 1}", "f:2: logouts.size: found \"size\""),
            ("pseudonyms: KEY\nlogouts: {file: /dev}", "/dev: is not a file"),
        ])
    func list(top: String, message: String) throws {
        let found = try problems("backchannel-logout: {name: login}", top)
        #expect(found.count == 1 && found[0].hasPrefix(message), "\(found)")
    }

    @Test("rejects a list without an issuer that sends logout tokens, and two issuers with one name")
    func pairs() throws {
        let alone = try problems("audiences2: 1", "pseudonyms: KEY\nlogouts: {file: FILE}")
        #expect(alone.contains { $0.hasPrefix("f:2: logouts: found without an issuer") }, "\(alone)")
        let second =
            "backchannel-logout: {name: login}\n  - {issuer: https://two.example.com/, audiences: [a], keys: discovery, "
            + "backchannel-logout: {name: login}}\n  - issuer: https://three.example.com/\n    audiences: [a]\n"
            + "    keys: discovery"
        let twice = try problems(second, "pseudonyms: KEY\nlogouts: {file: FILE}")
        #expect(
            twice.count == 1 && twice[0].hasPrefix("f:13: issuers[1].backchannel-logout.name: found \"login\""),
            "\(twice)")
    }

    private func record(_ number: UInt64, user: LogoutKey? = LogoutKey(7), session: LogoutKey? = nil) -> LogoutRecord {
        LogoutRecord(identifier: LogoutKey(number), issuedAt: 1_795_230_000, user: user, session: session)
    }

    private func read(_ content: String) throws -> [LogoutRecord] {
        try TemporaryFile.with(content) { path in
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            return try LogoutFile(path, relativeTo: "f", keyID: key.keyID).read()
        }
    }

    @Test("reads the lines that it writes, without an incomplete last one, and no file as no logouts")
    func file() throws {
        let file = LogoutFile("/no/such/file", relativeTo: "f", keyID: key.keyID)
        #expect(try file.read().isEmpty && read("").isEmpty)
        let records = [record(1), record(.max, user: nil, session: LogoutKey(8)), record(3, session: LogoutKey(9))]
        let text = file.header + records.map(LogoutFile.line).joined()
        #expect(try read(text) == records)
        #expect(try read(String(text.dropLast(1))) == Array(records.dropLast()))
        #expect(try read(file.header).isEmpty)
    }

    @Test("rejects a file with a changed digit, a missing field, another key or no header, with its line")
    func damage() throws {
        let file = LogoutFile("f", relativeTo: "f", keyID: key.keyID)
        let line = LogoutFile.line(of: record(1))
        let damaged: [(String, Int)] = [
            (file.header + line.replacingOccurrences(of: "1795230000", with: "1795230001"), 2),
            (file.header + line + line.dropFirst(3) + line, 3), (file.header + "\n" + line, 2), (line, 1), ("x", 1),
            ("purser-logouts 1 00000000000000000000\n" + line, 1),
        ]
        for (text, number) in damaged {
            do {
                _ = try read(text)
                Issue.record("accepted: \(text)")
            } catch let error as ConfigurationError {
                #expect(error.problems.map(\.line) == [number])
            }
        }
    }
}
