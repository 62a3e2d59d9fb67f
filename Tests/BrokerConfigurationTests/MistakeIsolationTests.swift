import Foundation
import Testing

@testable import BrokerConfiguration

/// One mistake neither brings on a second problem nor hides another mistake.
@Suite struct MistakeIsolationTests {
    private static let issuers = """
        issuers:
          - issuer: https://login.example.com/
            audiences: [shop]
            keys: https://login.example.com/jwks.json
            algorithms: [RS256]
            leeway: 30s
            maximum-lifetime: 12h
        """

    @Test(
        "an issuer that is there, however broken, is not unknown to the apps",
        arguments: [
            (issuers, "issuers:", 4, "issuers: found nothing; expected a value"),
            (issuers, "issuers: https://login.example.com/", 4, "expected a list of issuers"),
            (issuers, "issuers: [https://login.example.com/]", 4, "issuers[0]: found "),
            ("issuer: https://login.example.com/", "issuer:", 5, "issuers[0].issuer: found nothing"),
            ("leeway: 30s", "leeway: long", 9, "issuers[0].leeway: found \"long\""),
            ("maximum-lifetime: 12h", "lifetime: 12h", 10, "issuers[0].lifetime: found \"lifetime\""),
        ])
    func brokenIssuers(old: String, new: String, line: Int, words: String) {
        let problems = SettingsFixture.problems(SettingsFixture.replacing(old, by: new))
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.hasPrefix("f:\(line): ") == true && problems.first?.contains(words) == true)
    }

    @Test("without issuers, an app's issuer is unknown", arguments: ["", "issuers: []"])
    func noIssuers(instead: String) {
        let problems = SettingsFixture.problems(SettingsFixture.replacing(Self.issuers, by: instead))
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.hasSuffix("expected an issuer that `issuers` defines (it defines none)") == true)
    }

    @Test("bad algorithms say nothing of what the issuer is held to", arguments: ["[none]", "[PS256, none]"])
    func badAlgorithms(list: String) {
        let problems = SettingsFixture.problems(SettingsFixture.replacing("[RS256]", by: list))
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.hasPrefix("f:8: issuers[0].algorithms: found \"none\"; expected one of RS256") == true)
    }

    @Test("algorithms that STS can't take are told although the issuer has another mistake")
    func unfitAlgorithmsOfABrokenIssuer() {
        let text = SettingsFixture.replacing("[RS256]", by: "[PS256]")
            .replacingOccurrences(of: "audiences: [shop]", with: "audiences: []")
        let problems = SettingsFixture.problems(text)
        #expect(problems.map { $0.prefix(4) } == ["f:6:", "f:19"], "\(problems)")
        #expect(problems.last?.hasSuffix("https://login.example.com/ is held to PS256") == true)
    }

    @Test("a guests' monitor that users have is told although its id is wrong too")
    func monitorOfUsers() {
        let text = SettingsFixture.replacing(
            "name: Shop_Guests, id: 66666666-7777-8888-9999-000000000000", by: "name: Shop_Users, id: x")
        let problems = SettingsFixture.problems(text)
        #expect(problems.map { $0.prefix(5) } == ["f:23:", "f:23:"], "\(problems)")
        #expect(problems.contains { $0.contains("no app's signed-in monitor") })
    }

    @Test("a guests' monitor must be no other app's signed-in monitor either")
    func monitorOfAnotherApp() {
        let other = """

              blog:
                guest:
                  monitor: {name: Shop_Users, id: 11111111-2222-3333-4444-555555555555}
                  exchange: assume-role
                  role: arn:aws:iam::123456789012:role/RumGuest
            """
        let problems = SettingsFixture.problems(SettingsFixture.text + other)
        #expect(
            problems == [
                #"f:29: apps.blog.guest.monitor.name: found "Shop_Users"; expected a monitor that is no app's "#
                    + "signed-in monitor"
            ])
    }

    @Test("every variable at fault is told, without its value")
    func variables() {
        let problems = SettingsFixture.problems(
            SettingsFixture.text,
            variables: [
                "AWS_ENDPOINT_URL": "ftp://user:pass@here", "AWS_ENDPOINT_URL_STS": "pass",
                "AWS_ENDPOINT_URL_RUM": "https://rum.example.com", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "pass",
            ])
        #expect(
            problems == [
                "f: environment variable AWS_ENDPOINT_URL: expected an absolute http or https URL without user and query",
                "f: environment variable AWS_ENDPOINT_URL_STS: expected an absolute http or https URL without user and query",
                "f: environment variable AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: expected true or false",
            ])
    }
}
