// SPDX-License-Identifier: Apache-2.0

import Testing
import Vending

@Suite struct IdentityPoolTests {
    private let id = "us-west-2:11111111-2222-3333-4444-aabbccddeeff"

    @Test("reads the Region from the pool id")
    func region() throws {
        let pool = try #require(IdentityPool(id: id, flow: .basic(role: "r")))
        #expect(pool.region == "us-west-2")
        #expect(
            try #require(IdentityPool(id: "us-gov-east-1:\(id.dropFirst(10))", flow: .basic(role: "r"))).region
                == "us-gov-east-1")
    }

    @Test(
        "rejects a pool id that is not REGION:UUID in lower case",
        arguments: [
            "", ":", "us-west-2", "us-west-2:", "11111111-2222-3333-4444-aabbccddeeff",
            "us-west-2:11111111-2222-3333-4444-aabbccddeef", "us-west-2:11111111-2222-3333-4444-AABBCCDDEEFF",
            "us-west-2:11111111-2222-3333-4444-aabbccddeeff ", "us-west-2:11111111-2222-3333-4444-aabbccddeeff:",
            "us-west-2:11111111222233334444aabbccddeeff", "US-WEST-2:11111111-2222-3333-4444-aabbccddeeff",
            "west:11111111-2222-3333-4444-aabbccddeeff", "us--2:11111111-2222-3333-4444-aabbccddeeff",
            "us-west-2_AbCdEfGhI", "us-west-2:gggggggg-2222-3333-4444-aabbccddeeff",
        ])
    func noPool(id: String) {
        #expect(!IdentityPool.isID(id))
        #expect(IdentityPool(id: id, flow: .enhanced(customRole: nil)) == nil)
    }

    @Test(
        "derives the provider name from the issuer by removing its scheme",
        arguments: [
            ("https://login.example.com/", "login.example.com/"),
            ("https://accounts.google.com", "accounts.google.com"),
            (
                "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_123456789",
                "cognito-idp.us-east-1.amazonaws.com/us-east-1_123456789"
            ),
            ("https://login.microsoftonline.com/t/v2.0", "login.microsoftonline.com/t/v2.0"),
        ])
    func providerName(issuer: String, name: String) throws {
        let pool = try #require(IdentityPool(id: id, flow: .enhanced(customRole: nil)))
        #expect(pool.providerName(of: Issuer(issuer)) == name)
    }

    @Test("uses the configured login instead of the issuer as the provider name")
    func login() throws {
        let pool = try #require(IdentityPool(id: id, flow: .enhanced(customRole: nil), login: "login.example.com"))
        #expect(pool.providerName(of: Issuer("https://login.example.com/")) == "login.example.com")
    }

    @Test(
        "rejects a login that is a URL, or not 1 to 128 visible ASCII characters",
        arguments: ["", "https://login.example.com", "a b", "a\n", "é", String(repeating: "a", count: 129)])
    func noLogin(login: String) {
        #expect(!IdentityPool.isProviderName(login))
        #expect(IdentityPool(id: id, flow: .enhanced(customRole: nil), login: login) == nil)
        #expect(IdentityPool.isProviderName(String(repeating: "a", count: 128)))
    }
}
