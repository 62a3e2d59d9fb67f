// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import Testing

@testable import Service

@Suite struct AllowedHostsTests {
    private func hosts(_ bound: String, _ names: [String] = [], everywhere: Bool = true) -> AllowedHosts {
        AllowedHosts(ListenerAddress(host: bound, port: 8080), names: names, everywhere: everywhere)
    }

    private func error(_ authority: String?, _ names: [String] = ["purser.example.com"]) -> ErrorCode? {
        let request = HTTPRequest(method: .get, scheme: "http", authority: authority, path: "/")
        return hosts("127.0.0.1", names).error(for: request, isEnforced: true)
    }

    @Test(
        "allows IP addresses, localhost and the configured names, with any port and in any case",
        arguments: [
            "127.0.0.1", "127.0.0.1:8080", "192.0.2.7:80", "[::1]", "[::1]:8080", "[2001:db8::1]", "localhost",
            "LocalHost:1", "localhost.", "dataplane.localhost:8080", "purser.example.com", "Purser.Example.COM:443",
            "purser.example.com.", "localhost:",
        ])
    func allowed(authority: String) {
        #expect(error(authority) == nil)
    }

    @Test(
        "rejects every other host name as misdirected",
        arguments: [
            "evil.example", "evil.example:8080", "localhost.evil.example", "notlocalhost", "127.0.0.1.evil.example",
            "purser.example.com.evil.example", "evil-purser.example.com", "sub.purser.example.com", "127.1",
            "2130706433", "0x7f.0.0.1", "127.0.0.256", "127.0.0.1.", "localhost..", "1.2.3.4.5",
        ])
    func misdirected(authority: String) {
        // Browsers remove a dot after an address, so the address with the dot is allowed too.
        #expect(error(authority) == (authority == "127.0.0.1." ? nil : .misdirectedRequest))
    }

    @Test(
        "rejects an invalid or missing host as malformed",
        arguments: [
            nil, "", ":80", "a b", "a/b", "user@localhost", "localhost:x", "localhost:80:80", "localhost:123456",
            "[::1",
            "::1", "[127.0.0.1]", "[localhost]", "[::1]x", "localhost%00", "l\u{f6}calhost", "localhost,evil.example",
        ])
    func malformed(authority: String?) {
        #expect(error(authority) == .malformedRequest)
    }

    @Test("rejects a second Host field as malformed, even if the names are not enforced")
    func repeated() {
        for isEnforced in [true, false] {
            let request = HTTPRequest(
                method: .get, scheme: "http", authority: "localhost", path: "/", headerFields: [.host: "localhost"])
            #expect(hosts("0.0.0.0").error(for: request, isEnforced: isEnforced) == .malformedRequest)
        }
    }

    @Test(
        "enforces the names on loopback addresses, and on others only if the public listener has configured names",
        arguments: [
            ("127.0.0.1", "127.0.0.1", [], true, true), ("::1", "::1", [], true, true),
            ("127.0.0.5", "127.0.0.5", [], false, true), ("localhost", "127.0.0.1", [], true, true),
            ("192.0.2.1", "192.0.2.1", [], true, false), ("0.0.0.0", "127.0.0.1", [], true, false),
            ("0.0.0.0", "192.0.2.1", ["a.example"], true, true), ("::", "::1", [], true, false),
            ("192.0.2.1", "192.0.2.1", ["a.example"], false, false),
            ("127.0.0.1", "127.0.0.1", ["a.example"], false, true), ("127.0.0.1", "::ffff:127.0.0.1", [], false, true),
        ] as [(String, String, [String], Bool, Bool)])
    func enforced(bound: String, local: String, names: [String], everywhere: Bool, expected: Bool) throws {
        let address = try SocketAddress(ipAddress: local, port: 8080)
        #expect(hosts(bound, names, everywhere: everywhere).areEnforced(at: address) == expected)
    }

    @Test("allows any host, and a missing one, if the names are not enforced")
    func notEnforced() {
        for authority in ["evil.example", nil] {
            let request = HTTPRequest(method: .get, scheme: "http", authority: authority, path: "/")
            #expect(hosts("0.0.0.0").error(for: request, isEnforced: false) == nil)
        }
    }
}
