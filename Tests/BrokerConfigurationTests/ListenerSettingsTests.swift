// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import BrokerConfiguration

@Suite struct ListenerSettingsTests {
    @Test("rejects the same address for both listeners, except with port 0")
    func same() {
        let same = SettingsFixture.replacing("admin: 127.0.0.1:8081", by: "admin: 127.0.0.1:8080")
        #expect(
            SettingsFixture.problems(same) == [
                #"f:2: admin: found "127.0.0.1:8080"; expected another address than that of `listen`"#
            ])
        let free = SettingsFixture.text.replacingOccurrences(of: ":8080", with: ":0")
            .replacingOccurrences(of: ":8081", with: ":0")
        #expect(SettingsFixture.problems(free).isEmpty)
    }

    @Test("compares `listen` with the default of `admin`, but not with a malformed `admin`")
    func defaults() {
        let listen = SettingsFixture.replacing("listen: 127.0.0.1:8080", by: "listen: 127.0.0.1:8081")
        let missing = listen.replacingOccurrences(of: "admin: 127.0.0.1:8081\n", with: "")
        #expect(SettingsFixture.problems(missing).count == 1)
        #expect(SettingsFixture.problems(missing).first?.contains("another address than") == true)
        let malformed = listen.replacingOccurrences(of: "admin: 127.0.0.1:8081", with: "admin: here")
        #expect(SettingsFixture.problems(malformed).map { $0.prefix(16) } == [#"f:2: admin: foun"#])
    }

    @Test("accepts names as hosts, and rejects ports, addresses, wildcards and duplicates")
    func hosts() throws {
        func text(_ hosts: String) -> String {
            SettingsFixture.replacing("admin: 127.0.0.1:8081", by: "admin: 127.0.0.1:8081\nhosts: \(hosts)")
        }
        let good = try SettingsFile.parse(text("[purser.example.com, purser]"), file: "f", variables: [:])
        #expect(good.hosts == ["purser.example.com", "purser"])
        for bad in [
            "Purser.example.com", "purser.example.com:443", "192.0.2.1", "'*.example.com'", "'[::1]'", "a..b", "-a",
            "a-",
            "https://a", "''", String(repeating: "a", count: 64),
        ] {
            let problems = SettingsFixture.problems(text("[\(bad)]"))
            #expect(problems.count == 1 && problems.first?.hasPrefix("f:3: hosts: found ") == true, "\(problems)")
        }
        #expect(SettingsFixture.problems(text("[a.example, a.example]")).count == 1)
        #expect(SettingsFixture.problems(text("[]")).count == 1)
        #expect(try SettingsFile.parse(SettingsFixture.text, file: "f", variables: [:]).hosts.isEmpty)
    }

    @Test("finds the setting of a listener by its address")
    func names() throws {
        let settings = try SettingsFile.parse(SettingsFixture.text, file: "f", variables: [:])
        #expect(settings.setting(of: settings.listen) == "listen")
        #expect(settings.setting(of: settings.admin) == "admin")
    }
}
