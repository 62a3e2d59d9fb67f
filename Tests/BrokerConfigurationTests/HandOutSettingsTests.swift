// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vending

@testable import BrokerConfiguration

@Suite struct HandOutSettingsTests {
    private static let users = "role: arn:aws:iam::123456789012:role/RumSignedIn\n      session: 1h"

    private static let range = "expected a duration of 1m to 1h in whole seconds"

    private func text(_ lines: String...) -> String {
        SettingsFixture.replacing(
            Self.users, by: Self.users + lines.map { "\n      \($0)" }.joined())
    }

    private func grant(_ text: String) throws -> GrantSettings? {
        try SettingsFile.parse(text, file: "f", variables: [:]).apps.first?.signedIn
    }

    @Test("delivers in both ways, and the session's own credentials, unless the file says otherwise")
    func defaults() throws {
        let grant = try #require(try grant(SettingsFixture.text))
        #expect(grant.delivery == .both && grant.handOut == nil)
    }

    @Test("reads the delivery and the lifetime of short credentials, up to half of the session")
    func values() throws {
        for mode in Grant.DeliveryMode.allCases {
            #expect(try grant(text("delivery: \(mode.rawValue)"))?.delivery == mode)
        }
        for (duration, seconds) in [("1m", 60), ("90s", 90), ("30m", 1_800)] {
            #expect(try grant(text("hand-out: \(duration)"))?.handOut == seconds)
        }
        let long = text("hand-out: 1h").replacingOccurrences(of: "session: 1h", with: "session: 2h")
        #expect(try grant(long)?.handOut == 3_600)
    }

    @Test(
        "reports an invalid value with its line",
        arguments: [
            ("delivery: none", "delivery: found \"none\"; expected one of credentials, proxy, both"),
            ("hand-out: 59s", "hand-out: found \"59s\"; \(range)"),
            ("hand-out: 90500ms", "hand-out: found \"90500ms\"; \(range)"),
            ("hand-out: 2h", "hand-out: found \"2h\"; \(range)"),
            ("hand-out: [5m]", "hand-out: found a list; \(range)"),
            ("hand-out: 31m", "hand-out: found \"1860s\"; expected at most half of session, which is 3600s"),
        ])
    func invalid(line: String, problem: String) {
        #expect(SettingsFixture.problems(text(line)) == ["f:22: apps.shop.signed-in.\(problem)"])
    }

    @Test("an invalid session causes no second mistake, and hides none of the range")
    func isolation() {
        let broken = { (line: String) in
            SettingsFixture.problems(
                text(line).replacingOccurrences(of: "session: 1h", with: "session: 13h"))
        }
        #expect(broken("hand-out: 50m").count == 1)
        #expect(broken("hand-out: 5h").count == 2)
    }

    @Test("rejects short credentials at AWS's global STS endpoint, which does not have them")
    func globalEndpoint() {
        let variables = ["AWS_ENDPOINT_URL_STS": "https://sts.amazonaws.com"]
        #expect(SettingsFixture.problems(SettingsFixture.text, variables: variables).isEmpty)
        #expect(
            SettingsFixture.problems(text("hand-out: 5m"), variables: variables) == [
                "f:22: apps.shop.signed-in.hand-out: not with AWS's global STS endpoint, which does not have "
                    + "GetScopedCredentials; expected a regional endpoint"
            ])
        #expect(SettingsFixture.problems(text("hand-out: 5m")).isEmpty)
    }

    @Test("measures the session of flow enhanced as the hour that it always lasts")
    func enhanced() {
        let pool = "exchange: cognito\n      identity-pool: us-west-2:11111111-2222-3333-4444-555555555555"
        let file = { (handOut: String) in
            text("hand-out: \(handOut)").replacingOccurrences(of: "exchange: web-identity", with: pool)
        }
        #expect(SettingsFixture.problems(file("30m")).isEmpty)
        let problems = SettingsFixture.problems(
            file("1h").replacingOccurrences(of: "session: 1h", with: "session: 2h"))
        #expect(problems.count == 2 && problems.contains { $0.contains("hand-out") && $0.contains("3600s") })
    }
}
