// SPDX-License-Identifier: Apache-2.0

import Testing
import Vending

@testable import Tokens

/// What a reload does to the verdicts on tokens.
@Suite struct ReplacedRulesTests {
    private let issuer: TestIssuer
    private let old: IssuerRules
    private let authenticator: TokenAuthenticator
    private let token: BearerToken

    init() throws {
        issuer = try TestIssuer()
        old = try issuer.rules()
        authenticator = TokenAuthenticator(issuers: [old])
        token = try issuer.token()
    }

    @Test("verdicts by rules that stay are recalled")
    func same() throws {
        _ = try authenticator.authenticate(token, at: TestIssuer.now)
        let next = TokenAuthenticator(issuers: [old], replacing: authenticator)
        authenticator.retire(for: next)
        #expect(next.recall(token, at: TestIssuer.now)?.subject == Subject("alice") && next.verdictCount == 1)
    }

    @Test("verdicts by rules that changed are void, also those of verifications that end after the change")
    func changed() throws {
        _ = try authenticator.authenticate(token, at: TestIssuer.now)
        let next = TokenAuthenticator(issuers: [try issuer.rules(audiences: ["blog"])], replacing: authenticator)
        authenticator.retire(for: next)
        #expect(next.recall(token, at: TestIssuer.now) == nil && next.verdictCount == 0)
        _ = try authenticator.authenticate(token, at: TestIssuer.now)
        #expect(next.recall(token, at: TestIssuer.now) == nil)
        #expect(next.refusal(of: token) == .audienceWrong)
    }

    @Test("verdicts of an issuer that is gone are void")
    func removed() throws {
        _ = try authenticator.authenticate(token, at: TestIssuer.now)
        let next = TokenAuthenticator(issuers: [], replacing: authenticator)
        authenticator.retire(for: next)
        #expect(next.recall(token, at: TestIssuer.now) == nil)
    }

    @Test("rules are the same only if every property is, compared byte by byte")
    func comparison() throws {
        let keys = old.keys
        func rules(
            audiences: [String] = ["shop"], parties: [String] = [], kept: [String] = [],
            leeway: Duration = .seconds(60), lifetime: Duration = .seconds(600), required: [ClaimRequirement] = [],
            claims: [ClaimPath] = []
        ) -> IssuerRules {
            IssuerRules(
                issuer: old.issuer, audiences: audiences, authorizedParties: parties, keptParties: kept, leeway: leeway,
                maximumLifetime: lifetime, requirements: required, keptClaims: claims, keys: keys)
        }
        let path = try #require(ClaimPath(["tier"]))
        let base = rules()
        #expect(base.isSame(as: rules()))
        let others = [
            rules(audiences: ["shop", "blog"]), rules(audiences: ["Shop"]), rules(parties: ["a"]), rules(kept: ["a"]),
            rules(leeway: .seconds(61)), rules(lifetime: .seconds(601)),
            rules(required: [ClaimRequirement(path, .present)]), rules(claims: [path]),
        ]
        for other in others { #expect(!base.isSame(as: other) && !other.isSame(as: base)) }
        // The same text in two Unicode forms: Swift's == does not tell them apart.
        #expect(!rules(audiences: ["\u{E9}"]).isSame(as: rules(audiences: ["e\u{301}"])))
    }
}
