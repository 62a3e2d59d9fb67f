import Testing
import Vending

@Suite struct IdentityPoolTests {
    private let id = "us-west-2:11111111-2222-3333-4444-aabbccddeeff"

    @Test("the id has the Region in it")
    func region() throws {
        let pool = try #require(IdentityPool(id: id, flow: .basic(role: "r")))
        #expect(pool.region == "us-west-2")
        #expect(
            try #require(IdentityPool(id: "us-gov-east-1:\(id.dropFirst(10))", flow: .basic(role: "r"))).region
                == "us-gov-east-1")
    }

    @Test(
        "what is no REGION:UUID is no pool",
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
        "a provider's name is the issuer without its scheme",
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

    @Test("a login that is set replaces the issuer")
    func login() throws {
        let pool = try #require(IdentityPool(id: id, flow: .enhanced(customRole: nil), login: "login.example.com"))
        #expect(pool.providerName(of: Issuer("https://login.example.com/")) == "login.example.com")
    }

    @Test(
        "a login is a name and no URL, of 1 to 128 visible characters",
        arguments: ["", "https://login.example.com", "a b", "a\n", "é", String(repeating: "a", count: 129)])
    func noLogin(login: String) {
        #expect(!IdentityPool.isProviderName(login))
        #expect(IdentityPool(id: id, flow: .enhanced(customRole: nil), login: login) == nil)
        #expect(IdentityPool.isProviderName(String(repeating: "a", count: 128)))
    }
}
