// SPDX-License-Identifier: Apache-2.0

import Testing
import Vending

@testable import Service

@Suite struct TrustedProxiesTests {
    private let proxies = TrustedProxies(["10.0.0.0/8", "2001:db8:aaaa::/48"].compactMap { AddressBlock($0) })

    private func client(_ peer: String, _ fields: String...) throws -> String {
        try #require(proxies.client(of: ClientAddress(peer), fields)).description
    }

    @Test("trusts a peer without an address only if told to, and has no client if it names none")
    func socketPeers() throws {
        let trusting = TrustedProxies([AddressBlock("10.0.0.0/8")!], includesSocketPeers: true)
        #expect(trusting.client(of: nil, ["203.0.113.9, 198.51.100.1, 10.0.0.2"])?.description == "198.51.100.1")
        #expect(trusting.client(of: nil, []) == nil && trusting.client(of: nil, ["unknown"]) == nil)
        #expect(proxies.client(of: nil, ["198.51.100.1"]) == nil)
        #expect(try client("192.0.2.1", "198.51.100.1") == "192.0.2.1")
        #expect(!TrustedProxies(includesSocketPeers: true).isEmpty)
    }

    @Test("ignores X-Forwarded-For of peers that are not trusted")
    func untrusted() throws {
        #expect(try client("192.0.2.1", "198.51.100.1") == "192.0.2.1")
        #expect(try client("192.0.2.1", "198.51.100.1, 10.0.0.1") == "192.0.2.1")
    }

    @Test("reads from the right up to the first address that is not trusted")
    func chain() throws {
        #expect(try client("10.0.0.1", "198.51.100.1") == "198.51.100.1")
        #expect(try client("10.0.0.1", "203.0.113.9, 198.51.100.1") == "198.51.100.1")
        #expect(try client("10.0.0.1", "203.0.113.9, 198.51.100.1, 10.0.0.2,10.0.0.3") == "198.51.100.1")
        #expect(try client("2001:db8:aaaa::1", "198.51.100.1, 2001:db8:aaaa::2") == "198.51.100.1")
        #expect(try client("::ffff:10.0.0.1", "2001:db8::7") == "2001:db8::7")
    }

    @Test("reads several fields as one list")
    func fields() throws {
        #expect(try client("10.0.0.1", "203.0.113.9, 198.51.100.1", "10.0.0.2") == "198.51.100.1")
        #expect(try client("10.0.0.1", "203.0.113.9", "198.51.100.1") == "198.51.100.1")
    }

    @Test("takes the leftmost address if all are trusted, and the peer without the field")
    func allTrusted() throws {
        #expect(try client("10.0.0.1", "10.0.0.9, 10.0.0.2") == "10.0.0.9")
        #expect(try client("10.0.0.1") == "10.0.0.1")
    }

    @Test(
        "stops at an entry that is no address, so that what stands left of it counts for nothing",
        arguments: [
            "unknown", "", " ", "_hidden", "1.2.3", "1.2.3.4:", "1.2.3.4:123456", "[::1", "::1]:80", "[1.2.3.4]",
            "a.b.c.d", "1.2.3.4 5.6.7.8", "\"1.2.3.4\"",
        ])
    func malformed(entry: String) throws {
        #expect(try client("10.0.0.1", "203.0.113.9, \(entry)") == "10.0.0.1")
        #expect(try client("10.0.0.1", "203.0.113.9, \(entry), 10.0.0.2") == "10.0.0.2")
    }

    @Test("reads addresses with ports and in brackets")
    func ports() throws {
        #expect(try client("10.0.0.1", "198.51.100.1:50000") == "198.51.100.1")
        #expect(try client("10.0.0.1", "[2001:db8::7]:443, 10.0.0.2:80") == "2001:db8::7")
        #expect(try client("10.0.0.1", "[2001:db8::7]") == "2001:db8::7")
        #expect(try client("10.0.0.1", "\t198.51.100.1\t") == "198.51.100.1")
    }
}
