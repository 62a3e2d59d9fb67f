import Outbound
import TestSupport
import Testing
import Tokens
import Vending

@Suite struct DiscoveryTests {
    private static let openID = "https://login.example.com/tenant/.well-known/openid-configuration"
    private static let oauth = "https://login.example.com/.well-known/oauth-authorization-server/tenant"
    private static let issuer = Issuer("https://login.example.com/tenant")

    private let stage: RemoteKeysHarness
    private let key: TestIssuer
    private var provider: ScriptedProvider { stage.provider }

    init() throws {
        stage = try RemoteKeysHarness(.discovery(Self.issuer))
        key = try TestIssuer()
        provider.publish(key)
    }

    private static func document(_ issuer: String = issuer.rawValue, keys: String = ScriptedProvider.keys) -> String {
        #"{"issuer":"\#(issuer)","authorization_endpoint":"https://x/","jwks_uri":"\#(keys)","extra":[{}]}"#
    }

    @Test(
        "the addresses are those of the standards, with and without a path or a slash at the end",
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

    @Test("the keys are found by the provider's document")
    func openID() async throws {
        provider.answer(Self.openID, ScriptedProvider.json(Self.document()))
        await stage.source.renew()
        #expect(stage.source.current?.keys.count == 1)
        #expect(provider.addresses == [Self.openID, ScriptedProvider.keys])
        #expect(provider.asked[0].bodyLimit == 262_144)
    }

    @Test("where there is none, the authorization server's will do")
    func oauth() async throws {
        provider.answer(Self.oauth, ScriptedProvider.json(Self.document()))
        await stage.source.renew()
        #expect(stage.source.current?.keys.count == 1)
        #expect(provider.addresses == [Self.openID, Self.oauth, ScriptedProvider.keys])
    }

    @Test(
        "a document of another issuer, or with keys at an address that we don't go to, counts for nothing",
        arguments: [
            (document("https://login.example.com/tenant/"), "not the configured one"),
            (document("https://LOGIN.example.com/tenant"), "not the configured one"),
            (document("https://evil.example"), "not the configured one"),
            (#"{"jwks_uri":"https://login.example.com/jwks.json"}"#, "no issuer"),
            (#"{"issuer":"https://login.example.com/tenant"}"#, "no jwks_uri"),
            (#"{"issuer":"https://login.example.com/tenant","issuer":"https://login.example.com/tenant"}"#, "JSON"),
            (document(keys: "http://login.example.com/jwks.json"), "expected https"),
            (document(keys: "http://169.254.169.254/"), "expected https"),
            (document(keys: "http://127.0.0.1/jwks.json"), "expected https"),
            (document(keys: "https://user:password@login.example.com/"), "without user name"),
            (document(keys: "file:///etc/passwd"), "absolute https URL"),
            (document(keys: "/jwks.json"), "absolute https URL"), ("[]", "JSON"), ("<html>", "JSON"), ("", "JSON"),
        ])
    func refused(document: String, words: String) async throws {
        provider.answer(Self.openID, ScriptedProvider.json(document))
        await stage.source.renew()
        #expect(stage.source.current == nil)
        #expect(provider.addresses == [Self.openID, Self.oauth])
        let reported = try #require(stage.reported.first)
        #expect(reported.contains("\(Self.openID): ") && reported.contains(words), "\(reported)")
        #expect(reported.contains("\(Self.oauth): status 404"))
    }

    @Test("a provider on the loopback may have its keys there, in clear")
    func loopback() throws {
        let issuer = Issuer("http://127.0.0.1:8090")
        let document = Self.document(issuer.rawValue, keys: "http://127.0.0.1:8090/jwks.json")
        #expect(try DiscoveryDocument(Array(document.utf8), of: issuer).keySetURL.rawValue.hasSuffix(":8090/jwks.json"))
    }

    @Test("a document is over 256 KiB, or not a byte more")
    func size() throws {
        let document = Self.document()
        let room = DiscoveryDocument.limit - document.utf8.count
        _ = try DiscoveryDocument(Array((document + String(repeating: " ", count: room)).utf8), of: Self.issuer)
        #expect(throws: DiscoveryError.self) {
            try DiscoveryDocument(Array((document + String(repeating: " ", count: room + 1)).utf8), of: Self.issuer)
        }
    }

    @Test("the document is asked for again when its own time is over, not with each refresh of the keys")
    func lifetime() async throws {
        provider.answer(
            Self.openID, ScriptedProvider.json(Self.document(), headers: [("Cache-Control", "max-age=1200")]))
        provider.publish(key, headers: [("Cache-Control", "max-age=500")])
        await stage.running {
            for _ in 0..<3 { await stage.pass(.seconds(500)) }
        }
        let (document, keys) = (Self.openID, ScriptedProvider.keys)
        #expect(provider.addresses == [document, keys, keys, keys, document, keys])
    }

    @Test("keys that moved are found at once")
    func moved() async throws {
        provider.answer(Self.openID, ScriptedProvider.json(Self.document()))
        await stage.source.renew()
        let elsewhere = "https://keys.example.com/new.json"
        provider.answer(ScriptedProvider.keys, .failure(.connection("refused")))
        provider.answer(Self.openID, ScriptedProvider.json(Self.document(keys: elsewhere)))
        provider.answer(elsewhere, ScriptedProvider.json(#"{"keys":[\#(key.jwk())]}"#))
        stage.clock.advance(.seconds(30))
        await stage.source.renew()
        #expect(!stage.source.status.failing)
        #expect(provider.addresses.suffix(3) == [ScriptedProvider.keys, Self.openID, elsewhere])
    }

    @Test("keys that are gone from where they are said to be are one failure, without a second try")
    func gone() async throws {
        provider.answer(Self.openID, ScriptedProvider.json(Self.document()))
        await stage.source.renew()
        provider.answer(ScriptedProvider.keys, .failure(.timedOut))
        stage.clock.advance(.seconds(30))
        await stage.source.renew()
        #expect(stage.source.status.failing)
        #expect(stage.source.current?.keys.count == 1)
        #expect(provider.addresses.suffix(2) == [ScriptedProvider.keys, Self.openID])
    }
}
