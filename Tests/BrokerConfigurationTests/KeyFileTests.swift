// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import BrokerConfiguration

@Suite struct KeyFileTests {
    private static let setting = "keys: https://login.example.com/jwks.json"

    @Test(
        "reports a key file without a usable key at the line of `keys`, with what was expected",
        arguments: [
            "", "{}", #"{"keys": []}"#, #"{"keys": [{"kty": "oct", "k": "AAAA"}]}"#, "<html>",
            "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        ])
    func useless(document: String) throws {
        try TemporaryFile.with(document) { path in
            let problems = SettingsFixture.problems(SettingsFixture.replacing(Self.setting, by: "keys: file:\(path)"))
            #expect(problems.count == 1, "\(problems)")
            #expect(problems.first?.hasPrefix("f:7: issuers[0].keys: \(path): ") == true, "\(problems)")
            #expect(problems.first?.contains("; expected a JWKS or PEM file with at least one usable") == true)
        }
    }

    @Test("resolves the path of a key file relative to the configuration file")
    func relative() throws {
        try TemporaryFile.with(Self.good) { path in
            let location = URL(fileURLWithPath: path)
            let text = SettingsFixture.replacing(Self.setting, by: "keys: file:\(location.lastPathComponent)")
            let file = location.deletingLastPathComponent().appending(path: "purser.yaml").path
            let settings = try SettingsFile.parse(text, file: file, variables: [:])
            guard case .file = settings.issuers[0].keys else {
                Issue.record("\(settings.issuers[0].keys)")
                return
            }
        }
    }

    @Test("rejects refetch-cool-down with a key file")
    func times() throws {
        try TemporaryFile.with(Self.good) { path in
            let problems = SettingsFixture.problems(
                SettingsFixture.replacing(Self.setting, by: "keys: file:\(path)\n    refetch-cool-down: 30s"))
            #expect(problems.count == 1)
            #expect(problems.first?.hasPrefix("f:8: issuers[0].refetch-cool-down: ") == true, "\(problems)")
        }
    }

    @Test("reports an invalid key file together with the mistakes of every other section")
    func together() {
        var text = SettingsFixture.replacing(Self.setting, by: "keys: file:no-such-file")
        for (old, new) in [
            ("listen: 127.0.0.1:8080", "listen: x"), ("us-west-2", "oregon"), ("entries: 100", "entries: none"),
            ("session: 30m", "session: 5m"), ("origins: [https://shop.example.com]", "origins: 7"),
        ] {
            text = text.replacingOccurrences(of: old, with: new)
        }
        let lines = SettingsFixture.problems(text).map { $0.split(separator: ":")[1] }
        #expect(lines == ["1", "3", "7", "11", "15", "26"])
    }

    private static let good =
        #"{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#
}
