// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PurserCommand

@Suite struct BrokerAddressTests {
    @Test("a unix socket's path is percent-encoded in the place of the host")
    func socket() throws {
        let address = try BrokerAddress(option: "unix:/run/purser/p-1.sock")
        #expect(address.root == "http+unix://%2Frun%2Fpurser%2Fp%2D1%2Esock" && address.isSocket)
        for bad in ["unix:", "unix:p", "unix:/a b", "unix:/\(String(repeating: "x", count: 107))"] {
            #expect(throws: CommandError.self) { try BrokerAddress(option: bad) }
        }
    }

    @Test("https is accepted everywhere, and http on the loopback only")
    func addresses() throws {
        #expect(try BrokerAddress(option: "https://purser.example.com/").root == "https://purser.example.com")
        #expect(try BrokerAddress(option: "http://127.0.0.1:8080").isSocket == false)
        for bad in ["http://purser.example.com", "http+unix://%2Fp", "https://a?b"] {
            #expect(throws: CommandError.self) { try BrokerAddress(option: bad) }
        }
    }
}
