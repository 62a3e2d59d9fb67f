// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Vending

/// The broker's warm path with the keys of all tokens at hand.
@Suite struct WarmPathTests {
    private let time = ManualTime()
    private let exchange: FakeExchange
    private let meter = CountingMeter()
    private let audit = AuditRecord()
    private let limited = Limited()
    private let broker: Broker

    private final class Limited: Sendable {
        let limits = Mutex<[RateLimitError.Limit]>([])
    }

    init() {
        exchange = FakeExchange(time)
        let (time, limited) = (time, limited)
        let app = App(
            name: AppName("shop")!, origins: [],
            signedIn: App.SignedIn(grant: .test(), issuers: [Issuer("https://one")]), guest: nil)
        var rates = RequestLimits.Rates()
        (rates.users, rates.failures) = (1, 1)
        let limits = RequestLimits(rates, clock: MonotonicTime(now: { time.elapsed }, sleep: { _ in })) { limit in
            limited.limits.withLock { $0.append(limit) }
        }
        broker = Broker(
            apps: [app], cache: CredentialCache(limits: CacheLimits(), now: { time.now }), limits: limits,
            ports: .test(time, exchange, audit: audit, meter: meter, verifiesAtOnce: true))
    }

    private func request(_ token: String) -> CredentialsRequest {
        CredentialsRequest(
            app: AppName("shop")!, audience: .signedIn(BearerToken(token)), requestID: "r",
            client: ClientAddress("192.0.2.1"))
    }

    private func outcome(_ token: String, hitsOnly: Bool = false) -> String {
        switch broker.recall(request(token), hitsOnly: hitsOnly) {
        case .hit: "hit"
        case .undecided: "undecided"
        case .refused(.tokenRefused): "token refused"
        case .refused(.rateLimited(let error)): "\(error.limit)"
        case .refused: "refused"
        }
    }

    @Test("verifies a new token of a user with cached credentials and answers at once", arguments: [false, true])
    func newToken(hitsOnly: Bool) async throws {
        #expect(outcome("https://one|alice|1", hitsOnly: hitsOnly) == "undecided")
        _ = try await broker.vend(request("https://one|alice|1"))
        #expect(outcome("https://one|alice|2", hitsOnly: hitsOnly) == "hit")
        #expect(meter.verified == 2 && exchange.calls == 1, "each token once")
    }

    @Test("passes the decision on about a user without cached credentials, so that the token is not verified again")
    func miss() async throws {
        guard case .undecided(let decision) = broker.recall(request("https://one|bob")), case .authorized = decision
        else {
            Issue.record("no decision")
            return
        }
        _ = try await broker.vend(request("https://one|bob"), after: decision)
        #expect(meter.verified == 1)
    }

    @Test("rejects an invalid token at once; it is counted and recorded once")
    func invalid() {
        #expect(outcome("junk") == "token refused")
        #expect(meter.refused.count == 1 && audit.events.count == 1)
        for _ in 0..<4 { #expect(outcome("junk") == "token refused") }
        #expect(outcome("junk") == "failure" && meter.refused.count == 5 && audit.events.count == 6)
    }

    @Test("for hits only, leaves no trace of a request that is passed on")
    func noTrace() async throws {
        for _ in 0..<20 { #expect(outcome("junk", hitsOnly: true) == "undecided") }
        _ = try await broker.vend(request("https://one|alice"))
        for _ in 0..<4 { #expect(outcome("https://one|alice", hitsOnly: true) == "hit") }
        let events = audit.events.count
        for _ in 0..<20 { #expect(outcome("https://one|alice", hitsOnly: true) == "undecided") }
        #expect(meter.refused.isEmpty && audit.events.count == events && limited.limits.withLock { $0.isEmpty })
        #expect(outcome("https://one|alice") == "user")
        #expect(outcome("junk") == "token refused", "no failure was charged")
    }
}
