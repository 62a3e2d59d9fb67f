import Testing

@testable import Sandbox

@Suite("Names of the sandbox")
struct OwnHostsTests {
    @Test(
        "addresses and localhost are good",
        arguments: [
            "127.0.0.1", "127.0.0.1:8090", "[::1]:8090", "[::1]", "localhost", "LOCALHOST:1", "x.localhost:8090",
        ])
    func good(authority: String) {
        #expect(SandboxHosts.isOwn(authority))
    }

    @Test(
        "other names are not",
        arguments: [
            "evil.example", "evil.example:8090", "localhost.evil.example", "127.0.0.1.evil.example", "", ":80", "a:b:c",
        ])
    func bad(authority: String) {
        #expect(!SandboxHosts.isOwn(authority))
    }

    @Test("they are asked for on the loopback only")
    func loopback() {
        #expect(
            SandboxHosts.isLoopback("127.0.0.1") && SandboxHosts.isLoopback("::1")
                && SandboxHosts.isLoopback("localhost"))
        #expect(!SandboxHosts.isLoopback("0.0.0.0") && !SandboxHosts.isLoopback("192.0.2.1"))
    }
}
