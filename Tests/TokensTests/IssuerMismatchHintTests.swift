import Testing
import Tokens
import Vending

@Suite struct NearMissTests {
    @Test(
        "an issuer that only looks right is told apart in words",
        arguments: [
            ("https://login.example.com", "the slash at the end"),
            ("https://LOGIN.example.com/", "upper and lower case"),
            ("http://login.example.com/", "the scheme"), ("https://login.example.com:8443/", "the port"),
            ("https://login.example.com:443/", "how the port is written"), ("https://other.example.com/", ""),
            ("https://login.example.com/tenant/", ""), ("", ""), ("://", ""), (":::///", ""),
        ])
    func words(issuer: String, difference: String) throws {
        let authenticator = try TestIssuer().authenticator()
        let token = try TestIssuer().token(["iss": "\"\(issuer)\""])
        do throws(TokenError) {
            _ = try authenticator.authenticate(token, at: TestIssuer.now)
            Issue.record("accepted")
        } catch {
            #expect(error.reason == .issuerUnknown)
            #expect(error.detail.contains("only in \(difference)") == !difference.isEmpty, "\(error.detail)")
        }
    }
}
