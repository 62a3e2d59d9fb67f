// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import BrokerConfiguration

/// One mistake neither causes a second problem nor hides another mistake.
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
        "does not also report an invalid issuer entry as unknown in the apps that refer to it",
        arguments: [
            (issuers, "issuers:", 4, "issuers: found nothing; expected a value"),
            (issuers, "issuers: https://login.example.com/", 4, "expected a list of issuers"),
            (issuers, "issuers: [https://login.example.com/]", 4, "issuers[0]: found "),
            ("issuer: https://login.example.com/", "issuer:", 5, "issuers[0].issuer: found nothing"),
            ("leeway: 30s", "leeway: long", 9, "issuers[0].leeway: found \"long\""),
            ("maximum-lifetime: 12h", "lifetime: 12h", 10, "issuers[0].lifetime: found \"lifetime\""),
        ])
    func brokenIssuers(old: String, new: String, line: Int, message: String) {
        let problems = SettingsFixture.problems(SettingsFixture.replacing(old, by: new))
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.hasPrefix("f:\(line): ") == true && problems.first?.contains(message) == true)
    }

    @Test("reports an app's issuer as unknown if no issuers are defined", arguments: ["", "issuers: []"])
    func noIssuers(instead: String) {
        let problems = SettingsFixture.problems(SettingsFixture.replacing(Self.issuers, by: instead))
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.hasSuffix("expected an issuer that `issuers` defines (it defines none)") == true)
    }

    @Test(
        "reports an invalid algorithm without a second problem about the exchange",
        arguments: ["[none]", "[PS256, none]"])
    func badAlgorithms(list: String) {
        let problems = SettingsFixture.problems(SettingsFixture.replacing("[RS256]", by: list))
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.hasPrefix("f:8: issuers[0].algorithms: found \"none\"; expected one of RS256") == true)
    }

    @Test("reports algorithms that STS does not accept, although the issuer has another mistake")
    func unfitAlgorithmsOfABrokenIssuer() {
        let text = SettingsFixture.replacing("[RS256]", by: "[PS256]")
            .replacingOccurrences(of: "audiences: [shop]", with: "audiences: []")
        let problems = SettingsFixture.problems(text)
        #expect(problems.map { $0.prefix(4) } == ["f:6:", "f:19"], "\(problems)")
        #expect(problems.last?.hasSuffix("https://login.example.com/ allows PS256") == true)
    }

    @Test("reports a guest monitor that is a signed-in monitor, although its id is invalid too")
    func monitorOfUsers() {
        let text = SettingsFixture.replacing(
            "name: Shop_Guests, id: 66666666-7777-8888-9999-000000000000", by: "name: Shop_Users, id: x")
        let problems = SettingsFixture.problems(text)
        #expect(problems.map { $0.prefix(5) } == ["f:23:", "f:23:"], "\(problems)")
        #expect(problems.contains { $0.contains("no app's signed-in monitor") })
    }

    @Test("rejects a guest monitor that is another app's signed-in monitor")
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

    @Test("reports every invalid environment variable, without its value")
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
