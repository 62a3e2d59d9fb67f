// SPDX-License-Identifier: Apache-2.0

import AWS
import Cryptography
import Foundation
import TestSupport
import Testing
import Tokens
import Vending

@testable import BrokerConfiguration

@Suite struct AttributionSettingsTests {
    /// The fixture with this exchange for signed-in users, and these additional lines.
    private static func signedIn(_ lines: String, exchange: String = "assume-role") -> String {
        SettingsFixture.replacing("exchange: web-identity", by: "exchange: \(exchange)\n      \(lines)")
    }

    private static func guest(_ lines: String) -> String {
        SettingsFixture.replacing("exchange: assume-role", by: "exchange: assume-role\n      \(lines)")
    }

    private static func parse(_ text: String) throws -> Settings {
        try SettingsFile.parse(text, file: "f", variables: [:])
    }

    @Test("by default users have pseudonyms, a source identity with exchanges that carry one, and no tags")
    func defaults() throws {
        let plain = try Self.parse(SettingsFixture.text).apps[0]
        #expect(plain.signedIn?.attribution == Attribution())
        #expect(plain.guest?.attribution == Attribution())
        #expect(plain.guest?.guestSessions == .shared)
        let assumed = try Self.parse(Self.signedIn("subject: pseudonym"))
        #expect(assumed.apps[0].signedIn?.attribution == Attribution(sourceIdentity: true))
    }

    @Test("decodes all attribution settings of a grant")
    func full() throws {
        let app = try Self.parse(
            Self.signedIn(
                """
                external-id: a:b/c=1
                      subject: clear
                      source-identity: false
                      tags: {app: app, "rum:idp": issuer, Team: {claim: [org, team]}}
                      transitive-tags: [app, Team]
                """)
        ).apps[0]
        let grant = try #require(app.signedIn)
        #expect(
            grant.exchange == .assumeRole(role: "arn:aws:iam::123456789012:role/RumSignedIn", externalID: "a:b/c=1"))
        #expect(
            grant.attribution
                == Attribution(
                    naming: .clear, sourceIdentity: false,
                    tags: [
                        SessionTagRule(key: "app", source: .app)!, SessionTagRule(key: "rum:idp", source: .issuer)!,
                        SessionTagRule(key: "Team", source: .claim(ClaimPath(["org", "team"])!))!,
                    ], transitiveTagKeys: ["app", "Team"]))
        let guest = try Self.parse(Self.guest("sessions: per-visitor\n      tags: {app: app}")).apps[0].guest
        #expect(guest?.guestSessions == .perVisitor)
        #expect(guest?.attribution.tags.map(\.key) == ["app"])
    }

    @Test(
        "rejects settings that the exchange or the audience does not support, with their line",
        arguments: [
            (signedIn("tags: {a: app}", exchange: "web-identity"), 20, "not with exchange web-identity"),
            (signedIn("source-identity: true", exchange: "web-identity"), 20, "not with exchange web-identity"),
            (signedIn("external-id: abc", exchange: "web-identity"), 20, "with assume-role only"),
            (guest("source-identity: true"), 25, "guests have no subject"),
            (guest("subject: clear"), 25, "guests have no subject"),
            (guest("tags: {idp: issuer}"), 25, "expected app"),
            (guest("tags: {t: {claim: team}}"), 25, "expected app"),
            (signedIn("sessions: shared"), 20, "expected one of"),
            (guest("sessions: single"), 25, "expected shared or per-visitor"),
            (signedIn("subject: hashed"), 20, "expected pseudonym or clear"),
            (signedIn("source-identity: yes"), 20, "expected true or false"),
            (signedIn("tags: {}"), 20, "expected 1 to 50"),
            (signedIn("tags: {\"aws:x\": app}"), 20, "expected a tag key"),
            (signedIn("tags: {\"a*\": app}"), 20, "expected a tag key"),
            (signedIn("tags: {a: app, A: issuer}"), 20, "each key once"),
            (signedIn("tags: {a: subject}"), 20, "expected app, issuer"),
            (signedIn("tags: {a: {claim: sub}}"), 20, "expected another claim"),
            (signedIn("tags: {a: {claims: x}}"), 20, "claim"),
            (signedIn("tags: {a: app}\n      transitive-tags: [b]"), 21, "expected a"),
            (signedIn("transitive-tags: [b]"), 20, "a key of `tags`"),
            (signedIn("external-id: x"), 20, "expected 2–1224"),
            (signedIn("external-id: a*b"), 20, "expected 2–1224"),
        ])
    func unsupported(text: String, line: Int, message: String) {
        let problems = SettingsFixture.problems(text)
        #expect(!problems.isEmpty)
        #expect(problems.contains { $0.hasPrefix("f:\(line): ") && $0.contains(message) }, "\(problems)")
    }

    @Test("decodes a grant with an identity pool in both flows")
    func identityPools() throws {
        let pool = "us-west-2:11111111-2222-3333-4444-555555555555"
        let enhanced = SettingsFixture.replacing(
            "exchange: web-identity\n      role: arn:aws:iam::123456789012:role/RumSignedIn",
            by: "exchange: cognito\n      identity-pool: \(pool)\n      login: login.example.com")
        #expect(
            try Self.parse(enhanced).apps[0].signedIn?.exchange
                == .cognito(
                    IdentityPool(id: pool, flow: .enhanced(customRole: nil), login: "login.example.com")!))
        let basic = SettingsFixture.replacing(
            "exchange: assume-role", by: "exchange: cognito\n      identity-pool: \(pool)\n      flow: basic")
        #expect(
            try Self.parse(basic).apps[0].guest?.exchange
                == .cognito(
                    IdentityPool(id: pool, flow: .basic(role: "arn:aws:iam::123456789012:role/RumGuest"))!))
    }

    @Test(
        "rejects settings that an identity pool does not support, with their line",
        arguments: [
            ("identity-pool: us-west-2", 20, "expected an identity pool's id"),
            ("flow: basic", 20, "identity-pool: missing"),
            (
                "identity-pool: us-west-2:11111111-2222-3333-4444-555555555555\n      flow: classic", 21,
                "enhanced or basic"
            ),
            (
                "identity-pool: us-west-2:11111111-2222-3333-4444-555555555555\n      subject: clear", 21,
                "expected flow basic"
            ),
            (
                "identity-pool: us-west-2:11111111-2222-3333-4444-555555555555\n      tags: {a: app}", 21,
                "not with exchange cognito"
            ),
            (
                "identity-pool: us-west-2:11111111-2222-3333-4444-555555555555\n      external-id: abc", 21,
                "with assume-role only"
            ),
        ])
    func unsupportedByPools(lines: String, line: Int, message: String) {
        let problems = SettingsFixture.problems(Self.signedIn(lines, exchange: "cognito"))
        #expect(
            problems.contains { $0.contains(message) && ($0.hasPrefix("f:\(line): ") || message.contains("missing")) },
            "\(problems)")
    }

    @Test("rejects sessions other than 1h in the enhanced flow, and pool settings with other exchanges")
    func poolSessions() {
        let text = Self.signedIn("identity-pool: us-west-2:11111111-2222-3333-4444-555555555555", exchange: "cognito")
            .replacingOccurrences(of: "session: 1h", with: "session: 2h")
        #expect(SettingsFixture.problems(text).contains { $0.contains("1h with flow enhanced") })
        #expect(SettingsFixture.problems(Self.guest("flow: basic")).contains { $0.contains("with cognito only") })
    }

    @Test("reads Purser's signing and pseudonym keys, and rejects a key file that others may read or write")
    func keys() throws {
        let signing = try TemporaryFile(String(decoding: PrivateKey.generate(.ec(.p256)).pem, as: UTF8.self))
        let old = try TemporaryFile(String(decoding: PrivateKey.generate(.rsa(bits: 2_048)).pem, as: UTF8.self))
        let secret = try TemporaryFile(Base64URL.encode([UInt8](repeating: 7, count: 32)) + "\n")
        for file in [signing, old, secret] { try file.setPermissions(0o640) }
        let settings = try Self.parse(
            SettingsFixture.text + """

                minting: {issuer: "https://purser.example.com", keys: [\(signing.path), \(old.path)]}
                pseudonyms: {key: \(secret.path)}
                audit: {to: "file:/var/log/purser/audit.jsonl", required: true}
                """)
        #expect(settings.minting?.issuer == Issuer("https://purser.example.com"))
        #expect(settings.minting?.keys.map(\.signer.algorithm) == [.es256, .rs256])
        #expect(settings.pseudonymKey?.keyID == PseudonymKey([UInt8](repeating: 7, count: 32))?.keyID)
        #expect(settings.audit.sink == .file("/var/log/purser/audit.jsonl") && settings.audit.isRequired)
        #expect(!settings.audit.recordsHits && !settings.coreDumps)
        try secret.setPermissions(0o644)
        let problems = SettingsFixture.problems(SettingsFixture.text + "\npseudonyms: {key: \(secret.path)}\n")
        #expect(problems.count == 1 && problems[0].contains("may be read by everyone"))
        for mode in [0o620, 0o602, 0o660] {
            try secret.setPermissions(mode)
            let problems = SettingsFixture.problems(SettingsFixture.text + "\npseudonyms: {key: \(secret.path)}\n")
            #expect(problems.count == 1 && problems[0].contains("may be "), "\(mode)")
        }
    }

    @Test("reads whether cache hits have audit events and whether core dumps are allowed")
    func flags() throws {
        let settings = try Self.parse(
            SettingsFixture.text + "\naudit: {to: stderr, hits: true}\ncore-dumps: true\n")
        #expect(settings.audit.recordsHits && !settings.audit.isRequired && settings.coreDumps)
    }

    @Test(
        "reports mistakes in minting, pseudonyms and audit with what was expected, never with the file's content",
        arguments: [
            ("pseudonyms: {key: %}", "AAAA", "purser keys new --pseudonyms"),
            ("pseudonyms: {key: %.none}", "AAAA", "can't be read"),
            ("pseudonyms: {}", "", "missing"),
            ("minting: {issuer: \"https://p.example\", keys: [%]}", "not a key", "a PEM file with one private key"),
            ("minting: {issuer: \"https://p.example\", keys: []}", "", "found an empty list"),
            ("minting: {issuer: \"http://p.example\", keys: [%]}", "", "public https address"),
            ("audit: {to: somewhere}", "", "expected stderr, off, or a file"),
            ("audit: {to: \"file:\"}", "", "expected stderr, off, or a file"),
            ("audit: {to: off, required: true}", "", "found true with no audit"),
            ("audit: {to: off, hits: true}", "", "audit.hits: found true with no audit"),
            ("audit: {to: stderr, hits: 1}", "", "audit.hits: found \"1\"; expected true or false"),
            ("audit: {required: true}", "", "audit.to: missing"),
            ("core-dumps: on", "", "core-dumps: found \"on\"; expected true or false"),
        ])
    func identityMistakes(line: String, content: String, message: String) throws {
        let file = try TemporaryFile(content)
        try file.setPermissions(0o600)
        let problems = SettingsFixture.problems(
            SettingsFixture.text + "\n" + line.replacingOccurrences(of: "%", with: file.path))
        #expect(problems.contains { $0.contains(message) }, "\(problems)")
        #expect(content.isEmpty || !problems.contains { $0.contains("\"\(content)\"") })
    }
}
