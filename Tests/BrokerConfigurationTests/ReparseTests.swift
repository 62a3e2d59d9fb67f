// SPDX-License-Identifier: Apache-2.0

import Testing
import Vending

@testable import BrokerConfiguration

@Suite struct ReparseTests {
    private func text(listen: String = "127.0.0.1:8080", rate: Int? = nil, app: String = "shop", session: String = "1h")
        -> String
    {
        """
        listen: \(listen)
        aws: {region: us-west-2, account: "123456789012"}
        \(rate.map { "limits: {user-rate: \($0)}" } ?? "")
        issuers: []
        apps:
          \(app):
            origins: ["https://shop.example.com"]
            guest:
              monitor: {name: Shop, id: 66666666-7777-8888-9999-000000000000}
              exchange: assume-role
              role: arn:aws:iam::123456789012:role/RumGuest
              session: \(session)
        """
    }

    private func reparse(_ new: String) throws(ConfigurationError) -> (settings: Settings, needRestart: [String]) {
        try SettingsFile.reparse(new, startedWith: text(), file: "purser.yaml", variables: [:])
    }

    @Test("an unchanged file and other apps need no restart")
    func apps() throws {
        #expect(try reparse(text()).needRestart.isEmpty)
        let (settings, needRestart) = try reparse(text(app: "blog"))
        #expect(settings.apps.map(\.name.rawValue) == ["blog"] && needRestart.isEmpty)
    }

    @Test("sections that need a restart are named, and stay those of the start")
    func restart() throws {
        let (settings, needRestart) = try reparse(text(listen: "127.0.0.1:9090", rate: 7, app: "blog"))
        #expect(needRestart == ["limits", "listen"])
        #expect(settings.listen == ListenAddress(host: "127.0.0.1", port: 8080) && settings.rates.users != 7)
        #expect(settings.apps.map(\.name.rawValue) == ["blog"])
    }

    @Test("a mistake is an error, in a section that needs a restart too")
    func mistakes() {
        for bad in [text(session: "soon"), text(listen: "nowhere"), "", "- list"] {
            #expect(throws: ConfigurationError.self) { try reparse(bad) }
        }
    }

    @Test("comments, the order of sections and their style change nothing")
    func style() throws {
        let other = text().replacing("listen: 127.0.0.1:8080", with: "# a comment\nlisten:   '127.0.0.1:8080'")
        #expect(try reparse(other).needRestart.isEmpty)
    }
}
