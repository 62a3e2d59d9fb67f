// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import Vending

/// Apps that accept a part of their issuer's audiences and clients only.
@Suite struct AudienceDecisionTests {
    private let time = ManualTime()
    private let broker: Broker

    init() {
        let time = time
        func app(_ name: String, _ audiences: [String] = [], parties: [String] = []) -> App {
            App(
                name: AppName(name)!, origins: [],
                signedIn: App.SignedIn(
                    grant: .test(app: name), issuers: [Issuer("https://one")], audiences: audiences,
                    authorizedParties: parties), guest: nil)
        }
        broker = Broker(
            apps: [
                app("shop", ["shop-web"]), app("office", ["office-web", "office-app"]), app("any"),
                app("partner", parties: ["partner-client"]),
            ],
            cache: CredentialCache(limits: CacheLimits(), now: { time.now }),
            ports: .test(time, FakeExchange(time), audit: AuditRecord(), meter: CountingMeter()))
    }

    /// The apps that accept the identity.
    private func apps(_ audiences: [String], party: String? = nil) -> [String] {
        let identity = VerifiedIdentity(
            issuer: Issuer("https://one"), subject: Subject("alice"), expiration: time.now.addingTimeInterval(60),
            audiences: audiences, authorizedParty: party)
        return ["shop", "office", "any", "partner"].filter { name in
            let request = CredentialsRequest(
                app: AppName(name)!, audience: .signedIn(BearerToken("t")), requestID: "r")
            switch broker.decide(request, verified: identity, at: time.now) {
            case .authorized: return true
            case .refused(let refusal):
                if case .notAuthorized = refusal.error { return false }
                Issue.record("another refusal: \(refusal.error)")
                return false
            case .needsVerification:
                Issue.record("an identity needs no verification")
                return false
            }
        }
    }

    @Test("an app accepts a user only if the token names one of its audiences")
    func audiences() {
        #expect(apps(["shop-web"]) == ["shop", "any"])
        #expect(apps(["office-app"]) == ["office", "any"])
        #expect(apps(["shop-web", "office-web"]) == ["shop", "office", "any"])
        #expect(apps(["third"]) == ["any"])
        #expect(apps(["Shop-web"]) == ["any"])
        #expect(apps([]) == ["any"])
    }

    @Test("an app accepts a user only if one of its authorized parties requested the token")
    func parties() {
        #expect(apps(["third"], party: "partner-client") == ["any", "partner"])
        #expect(apps(["third"], party: "other") == ["any"])
        #expect(apps(["third"], party: nil) == ["any"])
    }

    @Test("the refusal names the audiences and clients for the operator")
    func refusals() {
        let signedIn = App.SignedIn(
            grant: .test(), issuers: [Issuer("https://one")], audiences: ["shop-web"], authorizedParties: ["web"])
        func refusal(_ audiences: [String], _ party: String?) -> String? {
            signedIn.refusal(
                of: VerifiedIdentity(
                    issuer: Issuer("https://one"), subject: Subject("alice"), expiration: time.now,
                    audiences: audiences, authorizedParty: party))
        }
        #expect(refusal(["office"], "web") == "the token is for office; this app's audiences: shop-web")
        #expect(
            refusal(["shop-web"], nil)
                == "the authorized party (azp, or client_id) is absent or not configured; this app's authorized parties: web"
        )
        #expect(refusal(["shop-web"], "web") == nil)
    }
}
