// SPDX-License-Identifier: Apache-2.0

import Testing
import Vending

@Suite struct ClientAddressTests {
    @Test(
        "parses IPv4 and IPv6 addresses and prints their usual form",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("::1", "::1"), ("2001:DB8::0:1", "2001:db8::1"),
            ("::ffff:192.0.2.1", "192.0.2.1"), ("::ffff:c000:201", "192.0.2.1"),
            ("fe80:0:0:0:1:2:3:4", "fe80::1:2:3:4"),
        ])
    func text(text: String, printed: String) throws {
        #expect(try #require(ClientAddress(text)).description == printed)
        #expect(ClientAddress(text) == ClientAddress(printed))
    }

    @Test(
        "rejects what is no address",
        arguments: [
            "", "1", "192.0.2", "192.0.2.256", "192.0.2.1 ", " 192.0.2.1", "192.0.2.01x", "0x7f.1", "127.1", ":::",
            "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "fe80::1%eth0", "[::1]", "::1/64", "unknown", "::ffff:1.2.3.4.5",
            String(repeating: "1:", count: 40), "192.0.2.1\u{0}",
        ])
    func noAddress(text: String) {
        #expect(ClientAddress(text) == nil)
    }

    @Test("takes an IPv4 address for itself and an IPv6 address for its /64 network")
    func network() throws {
        let network = { (text: String) in ClientAddress(text)?.network.description }
        #expect(network("192.0.2.7") == "192.0.2.7")
        #expect(network("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::")
        #expect(network("2001:db8:1:2:ffff::") == network("2001:db8:1:2::1"))
        #expect(network("2001:db8:1:3::1") != network("2001:db8:1:2::1"))
    }

    @Test(
        "a block contains the addresses with its prefix, also in the IPv4-mapped form",
        arguments: [
            ("10.0.0.0/8", ["10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"], ["11.0.0.0", "9.255.255.255", "::"]),
            ("192.0.2.1", ["192.0.2.1"], ["192.0.2.0", "192.0.2.2"]),
            ("0.0.0.0/0", ["0.0.0.0", "255.255.255.255"], ["::1", "2001:db8::1"]),
            ("2001:db8::/32", ["2001:db8::", "2001:db8:ffff::1"], ["2001:db9::", "10.0.0.1"]),
            ("2001:db8::8000:0:0:0/65", ["2001:db8::8000:0:0:1"], ["2001:db8::7000:0:0:1"]),
            ("::1/128", ["::1"], ["::2", "127.0.0.1"]), ("::/0", ["::1", "10.0.0.1"], []),
        ])
    func blocks(block: String, inside: [String], outside: [String]) throws {
        let block = try #require(AddressBlock(block))
        for text in inside { #expect(block.contains(try #require(ClientAddress(text))), "\(text)") }
        for text in outside { #expect(!block.contains(try #require(ClientAddress(text))), "\(text)") }
    }

    @Test(
        "rejects blocks with bits behind the prefix and malformed ones",
        arguments: [
            "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/", "10.0.0.0/8/8", "/8",
            "2001:db8::1/64",
            "::/129", "10.0.0.0/255.0.0.0", "ten/8", "",
        ])
    func noBlock(text: String) {
        #expect(AddressBlock(text) == nil)
    }
}
