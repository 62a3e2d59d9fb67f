// SPDX-License-Identifier: Apache-2.0

import Testing
import Vending

@testable import BrokerConfiguration

@Suite struct RequirementDecoderTests {
    private static func issuer(_ entries: String...) -> String {
        SettingsFixture.replacing(
            "    leeway: 30s", by: "    require:\n" + entries.map { "      - \($0)\n" }.joined() + "    leeway: 30s")
    }

    private static func read(_ entries: String) throws -> ClaimRequirement {
        try SettingsFile.parse(issuer(entries), file: "f", variables: [:]).issuers[0].requirements[0]
    }

    @Test(
        "decodes each condition with the type of its value",
        arguments: [
            ("{claim: a, is: true}", .equals(.boolean(true))), ("{claim: a, is: \"true\"}", .equals(.string("true"))),
            ("{claim: a, is: 2}", .equals(.number(2))), ("{claim: a, is: '2'}", .equals(.string("2"))),
            ("{claim: a, is: 2.50}", .equals(.number(2.5))), ("{claim: a, is: gold}", .equals(.string("gold"))),
            ("{claim: a, is: yes}", .equals(.string("yes"))), ("{claim: a, is: 0x10}", .equals(.string("0x10"))),
            ("{claim: a, one-of: [gold, 2, false]}", .oneOf([.string("gold"), .number(2), .boolean(false)])),
            ("{claim: a, contains: shopper}", .contains(.string("shopper"))), ("{claim: a, present: true}", .present),
        ] as [(String, ClaimRequirement.Condition)])
    func conditions(entry: String, condition: ClaimRequirement.Condition) throws {
        #expect(try Self.read(entry) == ClaimRequirement(ClaimPath(["a"])!, condition))
    }

    @Test("decodes a claim as one name with any characters, or as a list of names")
    func paths() throws {
        #expect(try Self.read("{claim: https://x.example/a.b, present: true}").path.names == ["https://x.example/a.b"])
        #expect(try Self.read("{claim: [realm_access, roles], present: true}").path.names == ["realm_access", "roles"])
        // A reserved name at a deeper level is another claim.
        #expect(try Self.read("{claim: [realm, sub], present: true}").path.names == ["realm", "sub"])
    }

    @Test("keeps an app's requirements apart from its issuer's, and rejects them for guests")
    func app() throws {
        let text = SettingsFixture.replacing(
            "      exchange: web-identity", by: "      exchange: web-identity\n      require: [{claim: plan, is: gold}]"
        )
        let settings = try SettingsFile.parse(text, file: "f", variables: [:])
        #expect(settings.apps[0].requirements == [ClaimRequirement(ClaimPath(["plan"])!, .equals(.string("gold")))])
        #expect(settings.issuers[0].requirements.isEmpty)
        let guest = SettingsFixture.replacing(
            "      exchange: assume-role", by: "      exchange: assume-role\n      require: [{claim: plan, is: gold}]")
        #expect(SettingsFixture.problems(guest).count == 1)
    }

    @Test(
        "reports each mistake in a requirement once, with its line",
        arguments: [
            ("{claim: a}", "expected exactly one of is, one-of, contains, present"),
            ("{claim: a, is: 1, present: true}", "found is and present"), ("{is: 1}", "expected a claim's name"),
            ("{claim: [], is: 1}", "expected a claim's name"),
            ("{claim: [a, b, c, d, e, f, g, h, i], is: 1}", "1 to 8 names"),
            ("{claim: [a, [b]], is: 1}", "expected a claim's name"),
            ("{claim: {a: b}, is: 1}", "expected a claim's name"),
            ("{claim: sub, is: alice}", "Purser checks"), ("{claim: [aud], is: alice}", "Purser checks"),
            ("{claim: a, is: [1]}", "expected a text, a number, true or false"),
            ("{claim: a, is: }", "expected a value"), ("{claim: a, is: null}", "expected a text"),
            ("{claim: a, is: 9007199254740992}", "below 2^53"), ("{claim: a, one-of: gold}", "a list of 1 to 64"),
            ("{claim: a, one-of: []}", "a list of 1 to 64"), ("{claim: a, present: false}", "expected true"),
            ("{claim: a, present: \"true\"}", "expected true"), ("{claim: a, is: 1, iss: 2}", "expected one of"),
            ("gold", "expected a mapping"),
        ])
    func mistakes(entry: String, message: String) {
        let problems = SettingsFixture.problems(Self.issuer(entry))
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.hasPrefix("f:10: ") == true && problems.first?.contains(message) == true, "\(problems)")
    }

    @Test("rejects a claim that is required twice, no requirements, and more than 16 requirements")
    func lists() {
        #expect(SettingsFixture.problems(Self.issuer("{claim: a, is: 1}", "{claim: a, present: true}")).count == 1)
        let many = (0..<17).map { "{claim: c\($0), present: true}" }.joined(separator: ", ")
        #expect(
            SettingsFixture.problems(SettingsFixture.replacing("    leeway: 30s", by: "    require: [\(many)]"))
                .first?.contains("found 17 entries; expected a list of 1 to 16") == true)
        #expect(
            SettingsFixture.problems(SettingsFixture.replacing("    leeway: 30s", by: "    require: []")).count == 1)
    }
}
