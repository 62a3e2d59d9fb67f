// SPDX-License-Identifier: Apache-2.0

import Outbound
import TestSupport
import Testing
import Tokens
import Vending

@Suite struct DiscoveryTests {
    private static let openID = "https://login.example.com/tenant/.well-known/openid-configuration"
    private static let oauth = "https://login.example.com/.well-known/oauth-authorization-server/tenant"
    private static let issuer = Issuer("https://login.example.com/tenant")

    private let harness: RemoteKeysHarness
    private let key: TestIssuer
    private var provider: ScriptedProvider { harness.provider }

    init() throws {
        harness = try RemoteKeysHarness(.discovery(Self.issuer))
        key = try TestIssuer()
        provider.publish(key)
    }

    private static func document(_ issuer: String = issuer.rawValue, keys: String = ScriptedProvider.keys) -> String {
        #"{"issuer":"\#(issuer)","authorization_endpoint":"https://x/","jwks_uri":"\#(keys)","extra":[{}]}"#
    }

    @Test(
        "discovery addresses follow the standards, with and without a path or a trailing slash",
        arguments: [
            (
                "https://a.example", "https://a.example/.well-known/openid-configuration",
                "https://a.example/.well-known/oauth-authorization-server"
            ),
            (
                "https://a.example/", "https://a.example/.well-known/openid-configuration",
                "https://a.example/.well-known/oauth-authorization-server"
            ),
            (
                "https://a.example:8443/x/y", "https://a.example:8443/x/y/.well-known/openid-configuration",
                "https://a.example:8443/.well-known/oauth-authorization-server/x/y"
            ),
            (
                "https://a.example/x/", "https://a.example/x/.well-known/openid-configuration",
                "https://a.example/.well-known/oauth-authorization-server/x"
            ),
        ])
    func addresses(issuer: String, first: String, second: String) {
        #expect(DiscoveryDocument.addresses(of: Issuer(issuer)) == [first, second])
    }

    @Test("finds the keys through the provider's discovery document")
    func openID() async throws {
        provider.answer(Self.openID, ScriptedProvider.json(Self.document()))
        await harness.source.renew()
        #expect(harness.source.current?.keys.count == 1)
        #expect(provider.addresses == [Self.openID, ScriptedProvider.keys])
        #expect(provider.requests[0].bodyLimit == 262_144)
    }

    @Test("falls back to the authorization server metadata")
    func oauth() async throws {
        provider.answer(Self.oauth, ScriptedProvider.json(Self.document()))
        await harness.source.renew()
        #expect(harness.source.current?.keys.count == 1)
        #expect(provider.addresses == [Self.openID, Self.oauth, ScriptedProvider.keys])
    }

    @Test(
        "rejects a discovery document of another issuer or with a forbidden address of the keys",
        arguments: [
            (document("https://login.example.com/tenant/"), "not the configured one"),
            (document("https://LOGIN.example.com/tenant"), "not the configured one"),
            (document("https://evil.example"), "not the configured one"),
            (#"{"jwks_uri":"https://login.example.com/jwks.json"}"#, "issuer is missing"),
            (#"{"issuer":"https://login.example.com/tenant"}"#, "jwks_uri is missing"),
            (#"{"issuer":"https://login.example.com/tenant","issuer":"https://login.example.com/tenant"}"#, "JSON"),
            (document(keys: "http://login.example.com/jwks.json"), "expected https"),
            (document(keys: "http://169.254.169.254/"), "expected https"),
            (document(keys: "http://127.0.0.1/jwks.json"), "expected https"),
            (document(keys: "https://user:password@login.example.com/"), "without user name"),
            (document(keys: "file:///etc/passwd"), "absolute https URL"),
            (document(keys: "/jwks.json"), "absolute https URL"), ("[]", "JSON"), ("<html>", "JSON"), ("", "JSON"),
        ])
    func refused(document: String, expected: String) async throws {
        provider.answer(Self.openID, ScriptedProvider.json(document))
        await harness.source.renew()
        #expect(harness.source.current == nil)
        #expect(provider.addresses == [Self.openID, Self.oauth])
        let reported = try #require(harness.reported.first)
        #expect(reported.contains("\(Self.openID): ") && reported.contains(expected), "\(reported)")
        #expect(reported.contains("\(Self.oauth): status 404"))
    }

    @Test("a provider on loopback may publish its keys there over plain http")
    func loopback() throws {
        let issuer = Issuer("http://127.0.0.1:8090")
        let document = Self.document(issuer.rawValue, keys: "http://127.0.0.1:8090/jwks.json")
        #expect(try DiscoveryDocument(Array(document.utf8), of: issuer).keySetURL.rawValue.hasSuffix(":8090/jwks.json"))
    }

    @Test("accepts a discovery document of 256 KiB and rejects one more byte")
    func size() throws {
        let document = Self.document()
        let padding = DiscoveryDocument.limit - document.utf8.count
        _ = try DiscoveryDocument(Array((document + String(repeating: " ", count: padding)).utf8), of: Self.issuer)
        #expect(throws: DiscoveryError.self) {
            try DiscoveryDocument(Array((document + String(repeating: " ", count: padding + 1)).utf8), of: Self.issuer)
        }
    }

    @Test("fetches the discovery document again when it expires, not with each refresh of the keys")
    func lifetime() async throws {
        provider.answer(
            Self.openID, ScriptedProvider.json(Self.document(), headers: [("Cache-Control", "max-age=1200")]))
        provider.publish(key, headers: [("Cache-Control", "max-age=500")])
        await harness.running {
            for _ in 0..<3 { await harness.advance(.seconds(500)) }
        }
        let (document, keys) = (Self.openID, ScriptedProvider.keys)
        #expect(provider.addresses == [document, keys, keys, keys, document, keys])
    }

    @Test("finds keys that moved to another address at once")
    func moved() async throws {
        provider.answer(Self.openID, ScriptedProvider.json(Self.document()))
        await harness.source.renew()
        let elsewhere = "https://keys.example.com/new.json"
        provider.answer(ScriptedProvider.keys, .failure(.connection("refused")))
        provider.answer(Self.openID, ScriptedProvider.json(Self.document(keys: elsewhere)))
        provider.answer(elsewhere, ScriptedProvider.json(#"{"keys":[\#(key.jwk())]}"#))
        harness.clock.advance(.seconds(30))
        await harness.source.renew()
        #expect(!harness.source.status.failing)
        #expect(provider.addresses.suffix(3) == [ScriptedProvider.keys, Self.openID, elsewhere])
    }

    @Test("counts missing keys at an unchanged address as one failure, without a second fetch")
    func gone() async throws {
        provider.answer(Self.openID, ScriptedProvider.json(Self.document()))
        await harness.source.renew()
        provider.answer(ScriptedProvider.keys, .failure(.timedOut))
        harness.clock.advance(.seconds(30))
        await harness.source.renew()
        #expect(harness.source.status.failing)
        #expect(harness.source.current?.keys.count == 1)
        #expect(provider.addresses.suffix(2) == [ScriptedProvider.keys, Self.openID])
    }
}
