// SPDX-License-Identifier: Apache-2.0

import Testing
import Vending

@testable import BrokerConfiguration

@Suite struct ClientSettingsTests {
    private func adding(_ text: String) -> String {
        SettingsFixture.replacing("admin: 127.0.0.1:8081", by: "admin: 127.0.0.1:8081\n\(text)")
    }

    @Test("reads blocks of trusted proxies, and rejects malformed ones and duplicates with their line")
    func proxies() throws {
        let good = try SettingsFixture.read(adding("trusted-proxies: [10.0.0.0/8, '2001:db8::/32', 192.0.2.1]"))
        #expect(good.trustedProxies.map(\.description) == ["10.0.0.0/8", "2001:db8::/32", "192.0.2.1/32"])
        #expect(try SettingsFixture.read(SettingsFixture.text).trustedProxies.isEmpty)
        #expect(try SettingsFixture.read(adding("trusted-proxies: []")).trustedProxies.isEmpty)
        for bad in ["10.0.0.1/8", "10.0.0.0/40", "any", "proxy.example.com", "'fe80::1%eth0'"] {
            let problems = SettingsFixture.problems(adding("trusted-proxies: [\(bad)]"))
            #expect(problems.count == 1 && problems[0].hasPrefix("f:3: trusted-proxies: found "), "\(problems)")
        }
        #expect(SettingsFixture.problems(adding("trusted-proxies: [10.0.0.0/8, 10.0.0.0/8]")).count == 1)
    }

    private func listening(_ text: String) -> String {
        SettingsFixture.replacing("listen: 127.0.0.1:8080", by: "listen: \(text)")
    }

    @Test("reads `listen` as an address, and as a mapping with the PROXY protocol")
    func listen() throws {
        let mapped = try SettingsFixture.read(listening("{address: '127.0.0.1:8080'}"))
        #expect(mapped.listen == (try SettingsFixture.read(SettingsFixture.text)).listen && !mapped.proxyProtocol)
        let proxied = try SettingsFixture.read(
            listening("{address: '127.0.0.1:8080', proxy-protocol: true}\ntrusted-proxies: [10.0.0.0/8]"))
        #expect(proxied.proxyProtocol)
    }

    @Test(
        "rejects a malformed `listen`",
        arguments: [
            ("{address: here}", "listen.address: found \"here\""), ("{}", "listen.address: missing"),
            ("{address: '127.0.0.1:8080', proxy-protocol: v2}\ntrusted-proxies: [10.0.0.0/8]", "listen.proxy-protocol"),
            ("{address: '127.0.0.1:8080', proxy-protocol: true}", "listen.proxy-protocol: found true without"),
            (
                "{address: '127.0.0.1:8080', proxy-protocol: true}\ntrusted-proxies: []",
                "listen.proxy-protocol: found true without"
            ), ("{address: '127.0.0.1:8080', proxy: true}", "listen.proxy: found \"proxy\""),
            ("[127.0.0.1:8080]", "listen: found"),
        ])
    func badListen(text: String, message: String) {
        let problems = SettingsFixture.problems(listening(text))
        #expect(problems.count == 1 && problems[0].hasPrefix("f:1: \(message)"), "\(problems)")
    }

    @Test("reads the rate limits and the connections of a client, within their bounds")
    func limits() throws {
        func with(_ text: String) -> String {
            SettingsFixture.replacing("limits: {connections: 100", by: "limits: {\(text), connections: 100")
        }
        let settings = try SettingsFixture.read(
            with("client-rate: 1, user-rate: 1000000, failure-rate: 7, client-connections: 16"))
        #expect(settings.rates.clients == 1 && settings.rates.users == 1_000_000 && settings.rates.failures == 7)
        #expect(settings.connections.clientConnections == 16)
        let usual = try SettingsFixture.read(SettingsFixture.text)
        #expect(usual.rates.clients == 500 && usual.rates.users == 50 && usual.rates.failures == 50)
        #expect(usual.connections.clientConnections == 2_000)
        for name in ["client-rate", "user-rate", "failure-rate", "client-connections"] {
            for bad in ["0", "1000001", "-1", "many", "1.5"] {
                let problems = SettingsFixture.problems(with("\(name): \(bad)"))
                #expect(
                    problems == [
                        #"f:12: limits.\#(name): found "\#(bad)"; expected a number of 1 to 1000000"#
                    ])
            }
        }
    }

    @Test("reads whether logs have the addresses of clients; by default they do not")
    func log() throws {
        #expect(try SettingsFixture.read(adding("log: {client-address: true}")).log.clientAddress)
        #expect(try !SettingsFixture.read(SettingsFixture.text).log.clientAddress)
        for (text, message) in [("{client-address: yes}", "log.client-address"), ("{address: true}", "log.address")] {
            let problems = SettingsFixture.problems(adding("log: \(text)"))
            #expect(problems.count == 1 && problems[0].hasPrefix("f:3: \(message): found "), "\(problems)")
        }
    }
}
