// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Tokens
import Vending

/// Tokens with several audiences, and the clients that requested them.
@Suite struct AuthorizedPartyTests {
    private let issuer: TestIssuer

    init() throws {
        issuer = try TestIssuer()
    }

    private func authenticator(parties: [String] = [], kept: [String] = []) throws -> TokenAuthenticator {
        TokenAuthenticator(issuers: [
            IssuerRules(
                issuer: Issuer(TestIssuer.name), audiences: ["shop", "shop-app", "e\u{301}"],
                authorizedParties: parties, keptParties: kept, keys: FixedKeys(try issuer.keys()))
        ])
    }

    private func identity(
        _ changes: [String: String?], _ authenticator: TokenAuthenticator
    ) throws -> VerifiedIdentity {
        try authenticator.authenticate(try issuer.token(changes), at: TestIssuer.now)
    }

    @Test("one accepted audience of several is enough, whatever azp is", arguments: [nil, #""other""#, "1", #"["x"]"#])
    func membership(azp: String?) throws {
        let authenticator = try authenticator()
        for audiences in [#"["shop","other"]"#, #"["other","another","shop"]"#, #"["shop"]"#] {
            #expect(authenticator.refusal(of: try issuer.token(["aud": audiences, "azp": azp])) == nil)
        }
        #expect(
            authenticator.refusal(of: try issuer.token(["aud": #"["other","another"]"#, "azp": #""shop""#]))
                == .audienceWrong)
    }

    @Test("a verdict keeps exactly the accepted audiences of its token")
    func kept() throws {
        let authenticator = try authenticator()
        #expect(try identity([:], authenticator).audiences == ["shop"])
        #expect(try identity(["aud": #"["shop-app"]"#], authenticator).audiences == ["shop-app"])
        #expect(
            try identity(["aud": #"["x","shop-app","shop","shop"]"#], authenticator).audiences == ["shop", "shop-app"])
        #expect(authenticator.refusal(of: try issuer.token(["aud": "\"\u{e9}\""])) == .audienceWrong, "bytes differ")
    }

    @Test(
        "an issuer's authorized parties are compared with azp, or with client_id if there is no azp",
        arguments: [
            (#""web""#, nil, nil), (nil, #""web""#, nil), (#""app""#, #""other""#, nil),
            (#""other""#, #""web""#, .authorizedPartyWrong), (nil, #""other""#, .authorizedPartyWrong),
            (nil, nil, .authorizedPartyWrong), ("1", #""web""#, .authorizedPartyWrong),
            ("null", #""web""#, .authorizedPartyWrong), (#"["web"]"#, nil, .authorizedPartyWrong),
            (#""Web""#, nil, .authorizedPartyWrong), (#""web ""#, nil, .authorizedPartyWrong),
        ] as [(String?, String?, TokenError.Reason?)])
    func issuerParties(azp: String?, clientID: String?, expected: TokenError.Reason?) throws {
        let authenticator = try authenticator(parties: ["web", "app"])
        #expect(authenticator.refusal(of: try issuer.token(["azp": azp, "client_id": clientID])) == expected)
    }

    @Test("a verdict keeps the authorized party only if the issuer or an app lists it")
    func keptParty() throws {
        let apps = try authenticator(kept: ["web"])
        #expect(try identity(["azp": #""web""#], apps).authorizedParty == "web")
        #expect(try identity(["client_id": #""web""#], apps).authorizedParty == "web")
        #expect(try identity(["azp": #""other""#, "client_id": #""web""#], apps).authorizedParty == nil)
        #expect(try identity([:], apps).authorizedParty == nil)
        #expect(try identity(["azp": #""web""#], try authenticator()).authorizedParty == nil)
        let both = try authenticator(parties: ["web", "app"], kept: ["web"])
        #expect(try identity(["azp": #""app""#], both).authorizedParty == "app")
    }
}
