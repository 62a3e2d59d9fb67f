// SPDX-License-Identifier: Apache-2.0

import AWS
import Foundation
import Testing
import Tokens
import Vending

@testable import BrokerConfiguration

@Suite struct SettingsTests {
    @Test("decodes every section of a valid file")
    func good() throws {
        let settings = try SettingsFile.parse(SettingsFixture.text, file: "f", variables: [:])
        #expect(settings.listen == ListenAddress(host: "127.0.0.1", port: 8080))
        #expect(settings.aws.region.name == "us-west-2")
        #expect(settings.aws.account == "123456789012")
        #expect(settings.issuers.map(\.issuer.rawValue) == ["https://login.example.com/"])
        #expect(settings.issuers[0].leeway == .seconds(30))
        #expect(settings.issuers[0].maximumLifetime == .seconds(12 * 3600))
        #expect(settings.cache.capacity == 100)
        #expect(settings.cache.minimumLife == 300)
        #expect(settings.connections.connections == 100)
        #expect(settings.connections.headerTimeout == .seconds(5))
        #expect(settings.drain == .seconds(2))
        #expect(settings.exchangeTimeout == .seconds(4))
        #expect(settings.stsRate == 500)
        #expect(settings.signedInReserve == 80)
        #expect(settings.rumRate == 50 && settings.batchBytes == 1 << 20 && settings.denied == nil)
        let app = try #require(settings.apps.first)
        #expect(app.origins == ["https://shop.example.com"])
        #expect(app.signedIn?.exchange.kind == .webIdentity)
        #expect(app.signedIn?.session == .seconds(3600))
        #expect(app.guest?.monitorName == "Shop_Guests")
        #expect(app.guest?.session == .seconds(1800))
    }

    @Test("decodes signed-in-reserve", arguments: [("0%", 0), ("50%", 50), ("95%", 95)])
    func reserve(text: String, percentage: Int) throws {
        let yaml = SettingsFixture.replacing("drain: 2s", by: "drain: 2s, signed-in-reserve: \(text)")
        #expect(try SettingsFile.parse(yaml, file: "f", variables: [:]).signedInReserve == percentage)
    }

    @Test("decodes rum-rate, batch-size and user-details")
    func batches() throws {
        for (setting, rule) in [
            ("own", UserDetailsRule.subject), ("{claim: [ids, rum]}", .claim(ClaimPath(["ids", "rum"])!)),
        ] {
            let text = SettingsFixture.replacing("drain: 2s", by: "drain: 2s, rum-rate: 9, batch-size: 64KiB")
                .replacingOccurrences(
                    of: "exchange: web-identity", with: "exchange: web-identity\n      user-details: \(setting)")
            let settings = try SettingsFile.parse(text, file: "f", variables: [:])
            #expect(settings.rumRate == 9 && settings.batchBytes == 64 << 10)
            #expect(settings.apps.first?.userDetails == rule)
        }
    }

    @Test(
        "reports each mistake once, with its line and what was expected",
        arguments: [
            ("listen: 127.0.0.1:8080", "lissten: 127.0.0.1:8080", 1, "expected one of"),
            ("listen: 127.0.0.1:8080", "listen: 8080", 1, "expected host:port"),
            ("listen: 127.0.0.1:8080", "listen: 127.0.0.1:65536", 1, "expected host:port"),
            ("admin: 127.0.0.1:8081", "admin:", 2, "expected a value"),
            ("region: us-west-2", "region: oregon", 3, "expected an AWS Region"),
            (#""123456789012"}"#, #""12345678901"}"#, 3, "expected an AWS account id"),
            ("issuer: https://login.example.com/", "issuer: http://login.example.com/", 5, "expected an https address"),
            ("audiences: [shop]", "audiences: []", 6, "found an empty list"),
            ("audiences: [shop]", "audiences: shop", 6, "expected a list"),
            ("audiences: [shop]", "audiences: [shop, shop]", 6, "expected each entry once"),
            ("keys: https://login.example.com/jwks.json", "keys: discover", 7, "expected discovery"),
            ("keys: https://login.example.com/jwks.json", "keys: http://login.example.com/", 7, "expected discovery"),
            ("keys: https://login.example.com/jwks.json", "keys: file:no-such-file", 7, "expected a JWKS or PEM file"),
            ("algorithms: [RS256]", "algorithms: [none]", 8, "expected one of RS256"),
            ("algorithms: [RS256]", "algorithms: [HS256]", 8, "expected one of RS256"),
            ("leeway: 30s", "leeway: 30", 9, "expected a duration"),
            ("leeway: 30s", "leeway: 6m", 9, "expected a duration of 0s to 5m"),
            ("minimum-life: 5m", "minimum-life: -5m", 11, "expected a duration"),
            ("entries: 100}", "entries: 0}", 11, "expected a number"),
            ("drain: 2s", "drain: 2s, drian: 2s", 12, "expected one of"),
            ("drain: 2s", "drain: 2s, sts-rate: 0", 12, "expected a number of 1 to 10000"),
            ("drain: 2s", "drain: 2s, rum-rate: 10001", 12, "expected a number of 1 to 10000"),
            ("drain: 2s", "drain: 2s, signed-in-reserve: 96%", 12, "expected a percentage of 0% to 95%"),
            ("drain: 2s", "drain: 2s, signed-in-reserve: 80", 12, "expected a percentage of 0% to 95%"),
            ("drain: 2s", "drain: 2s, signed-in-reserve: -1%", 12, "expected a percentage of 0% to 95%"),
            ("drain: 2s", "drain: 2s, signed-in-reserve: \"%\"", 12, "expected a percentage of 0% to 95%"),
            ("drain: 2s", "drain: 2s, batch-size: 63KiB", 12, "expected a size of 64KiB to 6MiB"),
            ("drain: 2s", "drain: 2s, batch-size: 7MiB", 12, "expected a size of 64KiB to 6MiB"),
            ("drain: 2s", "drain: 2s, batch-size: 1MB", 12, "expected a size of 64KiB to 6MiB"),
            (
                "issuers: [https://login.example.com/]",
                "issuers: [https://login.example.com/]\n      user-details: mine", 19, "expected own or {claim: NAME}"
            ),
            (
                "issuers: [https://login.example.com/]",
                "issuers: [https://login.example.com/]\n      user-details: {claim: sub}", 19, "expected another claim"
            ),
            ("  shop:\n", "  \"sh op\":\n", 14, "expected an app's name"),
            ("origins: [https://shop.example.com]", "origins: [https://shop.example.com/]", 15, "expected an origin"),
            ("origins: [https://shop.example.com]", "origins: [\"*\"]", 15, "expected an origin"),
            ("name: Shop_Users", "name: \"Shop*\"", 17, "expected an app monitor's name"),
            ("name: Shop_Users", "name: 'a\"b'", 17, "expected an app monitor's name"),
            ("id: 11111111-2222-3333-4444-555555555555", "id: 11111111", 17, "expected an app monitor's id"),
            ("issuers: [https://login.example.com/]", "issuers: [https://login.example.com]", 18, "expected one of"),
            ("exchange: web-identity", "exchange: anonymous", 19, "expected one of web-identity, assume-role"),
            ("exchange: web-identity", "exchange: minted", 19, "found minted without `minting`"),
            ("exchange: assume-role", "exchange: web-identity", 24, "expected one of assume-role"),
            ("role/RumSignedIn", "user/RumSignedIn", 20, "expected the ARN of a role"),
            ("123456789012:role/RumGuest", "210987654321:role/RumGuest", 25, "of the monitor's account"),
            ("aws:iam::123456789012:role/RumGuest", "aws-cn:iam::123456789012:role/RumGuest", 25, "expected the ARN"),
            ("session: 1h", "session: 13h", 21, "expected a duration of 15m to 12h"),
            ("name: Shop_Guests", "name: Shop_Users", 23, "no app's signed-in monitor"),
        ])
    func mistakes(old: String, new: String, line: Int, message: String) {
        let problems = SettingsFixture.problems(SettingsFixture.replacing(old, by: new))
        let matching = problems.filter { $0.hasPrefix("f:\(line): ") && $0.contains(message) }
        #expect(matching.count == 1, "\(problems)")
        // A misspelt key is also a missing key. No other mistake causes a second problem.
        #expect(problems.count == (new.hasPrefix("lissten") ? 2 : 1), "\(problems)")
    }

    @Test("reports all mistakes in one run, in the order of lines, including those of environment variables")
    func together() {
        var text = SettingsFixture.text
        for (old, new) in [
            ("us-west-2", "oregon"), ("keys: https://login.example.com/jwks.json", "keys: file:none"),
            ("session: 30m", "session: 5m"), ("listen: 127.0.0.1:8080", "listen: x"),
        ] {
            text = text.replacingOccurrences(of: old, with: new)
        }
        let problems = SettingsFixture.problems(text, variables: ["AWS_ENDPOINT_URL_STS": "not a URL"])
        #expect(problems.count == 5)
        #expect(problems[0].contains("AWS_ENDPOINT_URL_STS"))
        #expect(problems.dropFirst().map { $0.prefix(4) } == ["f:1:", "f:3:", "f:7:", "f:26"])
    }

    @Test("decodes keys by discovery and at a URL, with their staleness and cool-down")
    func keys() throws {
        func issuer(_ keys: String) throws -> IssuerSettings {
            let text = SettingsFixture.replacing("keys: https://login.example.com/jwks.json", by: keys)
            return try SettingsFile.parse(text, file: "f", variables: [:]).issuers[0]
        }
        guard case .remote(.discovery(Issuer("https://login.example.com/"))) = try issuer("keys: discovery").keys,
            case .remote(.url(_)) = try issuer("keys: https://login.example.com/jwks.json").keys
        else {
            Issue.record("other keys")
            return
        }
        let times = try issuer(
            "keys: discovery\n    maximum-staleness: 5m\n    refetch-cool-down: 1h\n    refetch-burst: 9")
        #expect(times.maximumStaleness == .seconds(300))
        #expect(times.refetchCoolDown == .seconds(3600))
        #expect(times.refetchBurst == 9)
        #expect(try issuer("keys: discovery").maximumStaleness == .seconds(86_400))
        #expect(try issuer("keys: discovery").refetchCoolDown == .seconds(5))
        #expect(try issuer("keys: discovery").refetchBurst == 5)
    }

    @Test(
        "rejects maximum-staleness, refetch-cool-down and refetch-burst outside their ranges",
        arguments: [
            ("keys: discovery\n    maximum-staleness: 4m", 8, "5m to 168h"),
            ("keys: discovery\n    maximum-staleness: 169h", 8, "5m to 168h"),
            ("keys: discovery\n    refetch-cool-down: 999ms", 8, "1s to 1h"),
            ("keys: discovery\n    refetch-cool-down: 61m", 8, "1s to 1h"),
            ("keys: discovery\n    refetch-burst: 0", 8, "1 to 100"),
            ("keys: discovery\n    refetch-burst: 101", 8, "1 to 100"),
        ])
    func keyTimes(keys: String, line: Int, message: String) throws {
        let problems = SettingsFixture.problems(
            SettingsFixture.replacing("keys: https://login.example.com/jwks.json", by: keys))
        #expect(problems.count == 1)
        #expect(
            problems.first?.hasPrefix("f:\(line): ") == true && problems.first?.contains(message) == true, "\(problems)"
        )
    }

    @Test("reports invalid YAML and a duplicate key with their line")
    func notYAML() {
        #expect(SettingsFixture.problems("listen: [").first?.hasPrefix("f:") == true)
        #expect(SettingsFixture.problems("").count == 1)
        #expect(SettingsFixture.problems("- a\n- b").first == "f:1: found a list; expected a mapping")
        #expect(SettingsFixture.problems("listen: a:1\nlisten: b:2").first?.contains("twice") == true)
    }

    @Test("rejects a session that is not longer than the minimum life")
    func shortSessions() {
        var text = SettingsFixture.text.replacingOccurrences(of: "minimum-life: 5m", with: "minimum-life: 15m")
        text = text.replacingOccurrences(of: "session: 30m", with: "session: 15m")
        #expect(SettingsFixture.problems(text).map { $0.prefix(4) } == ["f:26"])
    }

    @Test("rejects web-identity with an issuer whose algorithms STS does not accept")
    func unfitAlgorithms() {
        let text = SettingsFixture.replacing("algorithms: [RS256]", by: "algorithms: [PS256, EdDSA]")
        let problems = SettingsFixture.problems(text)
        #expect(problems.count == 1)
        #expect(problems.first?.contains("STS accepts no other algorithm") == true)
    }

    @Test("requires signed-in or guest for an app, and accepts no origins")
    func audiences() {
        let none = SettingsFixture.text.components(separatedBy: "    signed-in:")[0]
        #expect(SettingsFixture.problems(none).contains { $0.contains("neither signed-in nor guest") })
        let app = SettingsFixture.replacing("origins: [https://shop.example.com]", by: "origins: []")
        #expect(SettingsFixture.problems(app).isEmpty)
    }
}
