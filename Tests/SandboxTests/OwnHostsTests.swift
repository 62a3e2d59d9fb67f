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
        #expect(OwnHosts.isOwn(authority))
    }

    @Test(
        "other names are not",
        arguments: [
            "evil.example", "evil.example:8090", "localhost.evil.example", "127.0.0.1.evil.example", "", ":80", "a:b:c",
        ])
    func bad(authority: String) {
        #expect(!OwnHosts.isOwn(authority))
    }

    @Test("they are asked for on the loopback only")
    func loopback() {
        #expect(OwnHosts.isLoopback("127.0.0.1") && OwnHosts.isLoopback("::1") && OwnHosts.isLoopback("localhost"))
        #expect(!OwnHosts.isLoopback("0.0.0.0") && !OwnHosts.isLoopback("192.0.2.1"))
    }
}
