// SPDX-License-Identifier: Apache-2.0

import Testing
import Tokens
import Vending

@Suite struct IssuerMismatchHintTests {
    @Test(
        "describes how an unknown issuer differs from a similar configured one",
        arguments: [
            ("https://login.example.com", "the trailing slash"),
            ("https://LOGIN.example.com/", "upper and lower case"),
            ("http://login.example.com/", "the scheme"), ("https://login.example.com:8443/", "the port"),
            ("https://login.example.com:443/", "the notation of the port"), ("https://other.example.com/", ""),
            ("https://login.example.com/tenant/", ""), ("", ""), ("://", ""), (":::///", ""),
        ])
    func hint(issuer: String, difference: String) throws {
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
