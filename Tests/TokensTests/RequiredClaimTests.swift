// SPDX-License-Identifier: Apache-2.0

import Testing
import Tokens
import Vending

@Suite struct RequiredClaimTests {
    private let issuer: TestIssuer

    init() throws { issuer = try TestIssuer() }

    private func authenticator(
        _ requirements: [ClaimRequirement], kept: [ClaimPath] = []
    ) throws -> TokenAuthenticator {
        TokenAuthenticator(issuers: [
            IssuerRules(
                issuer: Issuer(TestIssuer.name), audiences: ["shop"], requirements: requirements, keptClaims: kept,
                keys: FixedKeys(try issuer.keys()))
        ])
    }

    @Test(
        "a requirement is met only by a claim with the right value and type at the right path",
        arguments: [
            (["email_verified"], .equals(.boolean(true)), ["email_verified": "true"], nil),
            (["email_verified"], .equals(.boolean(true)), ["email_verified": #""true""#], .claimWrong),
            (["email_verified"], .equals(.boolean(true)), ["email_verified": "false"], .claimWrong),
            (["email_verified"], .equals(.boolean(true)), [:], .claimMissing),
            (["email_verified"], .equals(.boolean(true)), ["email_verified": "null"], .claimMissing),
            (["level"], .equals(.number(2)), ["level": "2"], nil),
            (["level"], .equals(.number(2)), ["level": "2.0"], nil),
            (["level"], .equals(.number(2)), ["level": "2e0"], nil),
            (["level"], .equals(.number(2)), ["level": #""2""#], .claimWrong),
            (["level"], .equals(.number(9_007_199_254_740_991)), ["level": "9007199254740992"], .claimWrong),
            (["level"], .equals(.number(9_007_199_254_740_992)), ["level": "9007199254740993"], .claimWrong),
            (
                ["realm_access", "roles"], .contains(.string("shopper")),
                ["realm_access": #"{"roles":["x","shopper"]}"#], nil
            ),
            (
                ["realm_access", "roles"], .contains(.string("shopper")),
                ["realm_access": #"{"roles":"shopper"}"#], .claimWrong
            ),
            (
                ["realm_access", "roles"], .contains(.string("shopper")),
                ["realm_access.roles": #"["shopper"]"#], .claimMissing
            ),
            (["realm_access", "roles"], .contains(.string("shopper")), ["realm_access": #"["roles"]"#], .claimMissing),
            (
                ["https://shop.example.com/plan"], .oneOf([.string("gold"), .string("silver")]),
                ["https://shop.example.com/plan": #""silver""#], nil
            ),
            (
                ["https://shop.example.com/plan"], .oneOf([.string("gold"), .string("silver")]),
                ["https://shop.example.com/plan": #""iron""#], .claimWrong
            ),
            (["org_id"], .present, ["org_id": "{}"], nil),
            (["org_id"], .present, ["org_id": "null"], .claimMissing),
            ([""], .present, [:], .claimMissing),
        ] as [([String], ClaimRequirement.Condition, [String: String], TokenError.Reason?)])
    func required(
        path: [String], condition: ClaimRequirement.Condition, claims: [String: String], reason: TokenError.Reason?
    ) throws {
        let authenticator = try authenticator([ClaimRequirement(ClaimPath(path)!, condition)])
        let token = try issuer.token(claims.mapValues { Optional($0) })
        #expect(authenticator.refusal(of: token) == reason)
        #expect((authenticator.recall(token, at: TestIssuer.now) != nil) == (reason == nil))
    }

    @Test("rejects a token unless it meets all requirements of the issuer")
    func all() throws {
        let authenticator = try authenticator([
            ClaimRequirement(ClaimPath(["a"])!, .present), ClaimRequirement(ClaimPath(["b"])!, .present),
        ])
        #expect(authenticator.refusal(of: try issuer.token(["a": "1"])) == .claimMissing)
        #expect(authenticator.refusal(of: try issuer.token(["a": "1", "b": "1"])) == nil)
    }

    @Test("keeps only the claims that apps use, in the identity and in the cached verdict")
    func kept() throws {
        let (plan, role) = (ClaimPath(["plan"])!, ClaimPath(["realm", "role"])!)
        let authenticator = try authenticator([], kept: [plan, role, ClaimPath(["absent"])!])
        let token = try issuer.token(["plan": #""gold""#, "realm": #"{"role":["a",7]}"#, "email": #""a@b""#])
        let identity = try authenticator.authenticate(token, at: TestIssuer.now)
        #expect(identity.claims == [plan: .string("gold"), role: .list([.string("a"), .number(7)])])
        #expect(authenticator.recall(token, at: TestIssuer.now)?.claims == identity.claims)
    }

    @Test(
        "a claim that exceeds the size limit meets only a presence requirement, and the kept claims stay within the limit"
    )
    func large() throws {
        let (large, small) = (ClaimPath(["large"])!, ClaimPath(["small"])!)
        let authenticator = try authenticator([], kept: [large, small])
        let token = try issuer.token(["large": "\"\(String(repeating: "x", count: 1_100))\"", "small": #""s""#])
        let claims = try authenticator.authenticate(token, at: TestIssuer.now).claims
        #expect(ClaimRequirement(large, .present).isMet(by: claims[large]))
        #expect(
            !ClaimRequirement(large, .equals(.string(String(repeating: "x", count: 1_100)))).isMet(by: claims[large]))
        #expect(claims.values.reduce(0) { $0 + $1.size } <= VerifiedIdentity.claimsLimit)
    }
}
