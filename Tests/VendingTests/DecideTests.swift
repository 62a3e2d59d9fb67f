// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import Vending

@Suite struct DecideTests {
    private let time = ManualTime()
    private let exchange: FakeExchange
    private let denied = DenyList()
    private let broker: Broker

    init() {
        exchange = FakeExchange(time)
        let time = time
        let app = App(
            name: AppName("shop")!, origins: [],
            signedIn: App.SignedIn(grant: .test(), issuers: [Issuer("https://one")]),
            guest: .test(audience: .guest, monitorID: "66666666-7777-8888-9999-000000000000"))
        broker = Broker(
            apps: [app], cache: CredentialCache(limits: CacheLimits(), now: { time.now }), denied: denied,
            ports: .test(time, exchange, audit: AuditRecord(), meter: CountingMeter()))
    }

    private func request(_ token: String?, app: String = "shop") -> CredentialsRequest {
        CredentialsRequest(
            app: AppName(app)!, audience: .signedIn(token.map { BearerToken($0) }), requestID: "r")
    }

    private func decide(_ request: CredentialsRequest, _ identity: VerifiedIdentity? = nil) -> String {
        switch broker.decide(request, verified: identity, at: time.now) {
        case .authorized(let exchange): "authorized \(exchange.identity?.subject.rawValue ?? "guest")"
        case .needsVerification(let token): "verify \(token.rawValue)"
        case .refused(let refusal): "refused \("\(refusal.error)".prefix { $0 != "(" })"
        }
    }

    private func identity(_ subject: String, issuer: String = "https://one") -> VerifiedIdentity {
        VerifiedIdentity(
            issuer: Issuer(issuer), subject: Subject(subject), expiration: time.now.addingTimeInterval(60))
    }

    @Test("requires verification of a token without a cached verdict, and decides by its identity after verification")
    func verification() {
        #expect(decide(request("https://one|alice")) == "verify https://one|alice")
        #expect(decide(request("https://one|alice"), identity("alice")) == "authorized alice")
        #expect(decide(request("https://one|alice")) == "verify https://one|alice", "decide caches no verdict itself")
    }

    @Test("authorizes a token with a cached verdict until the verdict expires")
    func cachedVerdict() async throws {
        _ = try await broker.vend(request("https://one|alice"))
        #expect(decide(request("https://one|alice")) == "authorized alice")
        time.advance(600)
        #expect(decide(request("https://one|alice")) == "verify https://one|alice")
    }

    @Test("refuses an unknown app and a missing token without verification")
    func refusals() {
        #expect(decide(request("https://one|alice", app: "other")) == "refused appUnknown")
        #expect(decide(request(nil)) == "refused tokenMissing")
    }

    @Test("refuses a user of another issuer, and a denied user with a new or a cached verdict")
    func users() async throws {
        #expect(decide(request("t"), identity("eve", issuer: "https://two")) == "refused notAuthorized")
        _ = try await broker.vend(request("https://one|alice"))
        denied.replace(with: [Pseudonym("https://one/alice")])
        #expect(decide(request("https://one|alice")) == "refused denied")
        #expect(decide(request("t"), identity("alice")) == "refused denied")
        #expect(decide(request("t"), identity("bob")) == "authorized bob")
    }

    @Test("reaches the same decision on the warm path and the full path")
    func onePath() async throws {
        _ = try await broker.vend(request("https://one|alice"))
        for (token, expected) in [("https://one|alice", true), ("https://one|bob", false)] {
            if case .hit = broker.recall(request(token)) {
                #expect(expected)
            } else {
                #expect(!expected)
            }
        }
        denied.replace(with: [Pseudonym("https://one/alice")])
        guard case .undecided(let decision) = broker.recall(request("https://one|alice")) else {
            Issue.record("a denied user got credentials")
            return
        }
        await #expect {
            try await broker.vend(request("https://one|alice"), after: decision)
        } throws: { error in
            if case VendingError.denied = error { true } else { false }
        }
    }
}
