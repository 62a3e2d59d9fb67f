// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vending

@testable import BrokerConfiguration

/// `audiences` and `authorized-parties` of issuers and apps.
@Suite struct TokenClientsTests {
    private static let appIssuers = "issuers: [https://login.example.com/]"

    /// The fixture with other audiences of the issuer and more settings of the signed-in users.
    private func text(issuer: String = "[shop, office, third]", app: String) -> String {
        SettingsFixture.replacing("audiences: [shop]", by: "audiences: \(issuer)")
            .replacingOccurrences(of: Self.appIssuers, with: "\(Self.appIssuers)\n      \(app)")
    }

    private func clients(_ text: String) throws -> (app: TokenClients, effective: TokenClients) {
        let settings = try SettingsFile.parse(text, file: "f", variables: [:])
        return (settings.apps[0].clients, settings.apps[0].clients(of: settings.issuers[0]))
    }

    @Test("an app accepts all audiences and clients of its issuers by default")
    func defaults() throws {
        let found = try clients(SettingsFixture.replacing("audiences: [shop]", by: "audiences: [shop, office, third]"))
        #expect(found.app.audiences.isEmpty && found.app.authorizedParties.isEmpty)
        #expect(found.effective.audiences == ["shop", "office", "third"])
        #expect(found.effective.authorizedParties.isEmpty)
    }

    @Test("an app accepts the audiences and clients that it lists, in the order of the issuer")
    func subset() throws {
        let found = try clients(text(app: "audiences: [third, shop]\n      authorized-parties: [web]"))
        #expect(found.effective.audiences == ["shop", "third"])
        #expect(found.effective.authorizedParties == ["web"])
        let restricted = text(issuer: "[shop]\n    authorized-parties: [app, web]", app: "authorized-parties: [web]")
        #expect(try clients(restricted).effective.authorizedParties == ["web"])
    }

    @Test(
        "reports each mistake in the lists of clients once, with its line and what was expected",
        arguments: [
            (
                "[shop, office]", "audiences: [shop, other]", 19,
                "expected one that the app's issuers list: shop, office"
            ),
            ("[shop]", "audiences: []", 19, "an empty list"), ("[shop]", "audiences: shop", 19, "expected a list"),
            ("[shop]", "audiences: [shop, shop]", 19, "expected each entry once"),
            ("[shop]", "authorized-parties: [\"\"]", 19, "expected a text of 1 to 512 bytes"),
            ("[shop]", "authorized-parties: {a: b}", 19, "expected a list"),
        ])
    func mistakes(issuer: String, app: String, line: Int, message: String) {
        let problems = SettingsFixture.problems(text(issuer: issuer, app: app))
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.hasPrefix("f:\(line): apps.shop.signed-in.") == true, "\(problems)")
        #expect(problems.first?.contains(message) == true, "\(problems)")
    }

    @Test("reports a client of an app that its issuer does not authorize, and a mistake in the issuer's own list")
    func parties() {
        let issuer = "[shop]\n    authorized-parties: [app, web]"
        let other = SettingsFixture.problems(text(issuer: issuer, app: "authorized-parties: [web, other]"))
        #expect(other.count == 1 && other[0].hasPrefix("f:20: apps.shop.signed-in.authorized-parties: "), "\(other)")
        let empty = SettingsFixture.problems(
            SettingsFixture.replacing("audiences: [shop]", by: "audiences: [shop]\n    authorized-parties: []"))
        #expect(empty.count == 1 && empty[0].hasPrefix("f:7: issuers[0].authorized-parties: "), "\(empty)")
    }

    @Test("a mistake in an issuer's lists causes none in the lists of its apps")
    func isolation() {
        let problems = SettingsFixture.problems(text(issuer: "[shop, \"\"]", app: "audiences: [other]"))
        #expect(problems.count == 1 && problems[0].hasPrefix("f:6: "), "\(problems)")
    }

    @Test("reports an issuer of the app that has none of the app's audiences")
    func neverServed() {
        let second = "\n  - issuer: https://two.example.com/\n    audiences: [two]\n    keys: discovery\ncache:"
        let two = SettingsFixture.replacing("\ncache:", by: second)
            .replacingOccurrences(
                of: Self.appIssuers,
                with: "issuers: [https://login.example.com/, https://two.example.com/]\n      audiences: [shop]")
        let problems = SettingsFixture.problems(two)
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.contains("found none of the audiences of https://two.example.com/") == true)
        let both = two.replacingOccurrences(of: "[shop]\n      exch", with: "[shop, two]\n      exch")
        #expect(SettingsFixture.problems(both).isEmpty)
    }

    @Test("guests have no audiences and no authorized parties", arguments: ["audiences", "authorized-parties"])
    func guests(key: String) {
        let problems = SettingsFixture.problems(
            SettingsFixture.replacing("session: 30m", by: "session: 30m\n      \(key): [shop]"))
        #expect(problems.count == 1 && problems[0].contains("apps.shop.guest.\(key)"), "\(problems)")
    }

    @Test("an exchange that hands the token to AWS needs an issuer that may sign with RS* or ES*")
    func algorithms() {
        let pool = "identity-pool: us-west-2:11111111-2222-3333-4444-555555555555"
        let cognito = SettingsFixture.replacing("exchange: web-identity", by: "exchange: cognito\n      \(pool)")
        #expect(SettingsFixture.problems(cognito).isEmpty)
        let problems = SettingsFixture.problems(cognito.replacingOccurrences(of: "[RS256]", with: "[PS256, EdDSA]"))
        #expect(problems.count == 1 && problems[0].contains("Cognito accepts no other"), "\(problems)")
    }
}
