// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Vending

@Suite struct RequestLimitsTests {
    private let time = ManualTime()
    private let clock = ManualClock()
    private let exchange: FakeExchange
    private let meter = CountingMeter()
    private let audit = AuditRecord()
    private let counted = Counted()
    private let broker: Broker

    private final class Counted: Sendable {
        let limits = Mutex<[RateLimitError.Limit]>([])
    }

    init() {
        exchange = FakeExchange(time)
        let (time, clock, counted) = (time, clock, counted)
        let app = App(
            name: AppName("shop")!, origins: [],
            signedIn: App.SignedIn(grant: .test(), issuers: [Issuer("https://one")]),
            guest: .test(audience: .guest, monitor: "guests"))
        var rates = RequestLimits.Rates()
        (rates.clients, rates.users, rates.failures) = (4, 2, 1)
        let limits = RequestLimits(rates, clock: MonotonicTime(now: { clock.now }, sleep: { _ in })) { limit in
            counted.limits.withLock { $0.append(limit) }
        }
        broker = Broker(
            apps: [app], cache: CredentialCache(limits: CacheLimits(), now: { time.now }), limits: limits,
            ports: .test(time, exchange, audit: audit, meter: meter) { "visitor" })
    }

    private func request(_ token: String, from client: String? = "192.0.2.1") -> CredentialsRequest {
        CredentialsRequest(
            app: AppName("shop")!, audience: .signedIn(BearerToken(token)), requestID: "r",
            client: client.flatMap { ClientAddress($0) })
    }

    /// The outcome of a request, on the warm path or after it.
    private func outcome(_ request: CredentialsRequest) async -> String {
        let error: VendingError
        switch broker.recall(request) {
        case .hit: return "hit"
        case .refused(let refusal): error = refusal
        case .undecided(let decision):
            do {
                return try await broker.vend(request, after: decision).hit ? "hit" : "vended"
            } catch let refusal {
                error = refusal
            }
        }
        switch error {
        case .rateLimited(let limited): return "\(limited.limit) \(limited.retryAfter)"
        case .tokenRefused: return "token refused"
        default: return "\(error)"
        }
    }

    @Test("limits a user whatever token and address they use, from the cache and not, and no other user")
    func users() async {
        var outcomes: [String] = []
        for number in 0..<12 {
            outcomes.append(await outcome(request("https://one|alice|\(number % 2)", from: "192.0.2.\(number)")))
        }
        #expect(outcomes == ["vended"] + Array(repeating: "hit", count: 9) + ["user 1", "user 1"])
        #expect(await outcome(request("https://one|bob")) == "vended")
        clock.advance(.milliseconds(500))
        #expect(await outcome(request("https://one|alice|0")) == "hit")
        #expect(await outcome(request("https://one|alice|0")) == "user 1")
        #expect(counted.limits.withLock { $0 } == [.user, .user, .user])
    }

    @Test("counts one request once, although the warm path and the full path both look at it")
    func once() async {
        for _ in 0..<10 { _ = await outcome(request("https://one|carol")) }
        #expect(counted.limits.withLock { $0 }.isEmpty)
        #expect(await outcome(request("https://one|carol")) == "user 1")
    }

    @Test("verifies no further tokens of an address with too many rejected ones, but knows its users' tokens")
    func failures() async {
        #expect(await outcome(request("https://one|alice")) == "vended")
        for _ in 0..<5 { #expect(await outcome(request("junk")) == "token refused") }
        for _ in 0..<3 { #expect(await outcome(request("junk")) == "failure 1") }
        #expect(meter.refused.count == 5)
        #expect(await outcome(request("https://one|alice")) == "hit")
        #expect(await outcome(request("https://one|bob")) == "failure 1")
        #expect(await outcome(request("https://one|bob", from: "192.0.2.2")) == "vended")
        #expect(await outcome(request("junk", from: "192.0.2.2")) == "token refused")
        clock.advance(.seconds(1))
        #expect(await outcome(request("https://one|dora")) == "vended")
    }

    @Test("limits failures of a client by its IPv6 /64 network")
    func networks() async {
        for number in 0..<5 {
            #expect(await outcome(request("junk", from: "2001:db8::\(number)")) == "token refused")
        }
        #expect(await outcome(request("junk", from: "2001:db8::ffff:1")) == "failure 1")
        #expect(await outcome(request("junk", from: "2001:db8:0:1::1")) == "token refused")
    }

    @Test("does not limit failures of clients without a known address")
    func unknown() async {
        for _ in 0..<20 { #expect(await outcome(request("junk", from: nil)) == "token refused") }
    }

    @Test("records requests over a limit as refusals")
    func recorded() async {
        for _ in 0..<6 { _ = await outcome(request("junk")) }
        guard case .refused(.rateLimited(let limited)) = audit.events.last?.outcome else {
            Issue.record("the last event is no rate limit")
            return
        }
        #expect(limited.limit == .failure && audit.events.count == 6)
    }

    @Test("admits a request before its body without counting it for the user")
    func admission() async throws {
        let request = CredentialsRequest(
            app: AppName("shop")!, audience: .signedIn(BearerToken("https://one|eve")),
            purpose: .forward(monitorID: "11111111-2222-3333-4444-555555555555"), requestID: "r")
        for _ in 0..<20 { try await broker.admit(request) }
        #expect(counted.limits.withLock { $0 }.isEmpty)
        let other = CredentialsRequest(
            app: AppName("shop")!, audience: .signedIn(BearerToken("https://one|eve")),
            purpose: .forward(monitorID: "another"), requestID: "r")
        await #expect(throws: VendingError.self) { try await broker.admit(other) }
    }
}
