// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Sandbox

@Suite("Host names of the sandbox")
struct SandboxHostsTests {
    @Test(
        "accepts IP addresses and localhost names",
        arguments: [
            "127.0.0.1", "127.0.0.1:8090", "[::1]:8090", "[::1]", "localhost", "LOCALHOST:1", "x.localhost:8090",
        ])
    func accepts(authority: String) {
        #expect(SandboxHosts.isAllowed(authority))
    }

    @Test(
        "rejects every other host name",
        arguments: [
            "evil.example", "evil.example:8090", "localhost.evil.example", "127.0.0.1.evil.example", "", ":80", "a:b:c",
        ])
    func rejects(authority: String) {
        #expect(!SandboxHosts.isAllowed(authority))
    }

    @Test("only loopback addresses are local")
    func loopback() {
        #expect(
            SandboxHosts.isLoopback("127.0.0.1") && SandboxHosts.isLoopback("::1")
                && SandboxHosts.isLoopback("localhost"))
        #expect(!SandboxHosts.isLoopback("0.0.0.0") && !SandboxHosts.isLoopback("192.0.2.1"))
    }
}
