// SPDX-License-Identifier: Apache-2.0

import Foundation
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import Vending

/// Short credentials that the broker makes from sessions which it keeps.
@Suite struct HandOutTests {
    private static let guestsID = "66666666-7777-8888-9999-000000000000"
    private let time = ManualTime()
    private let exchange: FakeExchange
    private let scoping: FakeScoping
    private let audit = AuditRecord()
    private let plane = FakeDataPlane()
    private let denied = DenyList()
    private let cache: CredentialCache
    private let parents: ParentSessions
    private let broker: Broker

    /// Time that each call of AWS takes, in seconds.
    private let delay = Delay()

    private final class Delay: Sendable {
        let seconds = Mutex(0.0)
        let denies = Mutex<String?>(nil)
    }

    init() {
        let (time, delay, denied) = (time, delay, denied)
        exchange = FakeExchange(time)
        scoping = FakeScoping(time) {
            time.advance(delay.seconds.withLock { $0 })
            if let user = delay.denies.withLock({ $0 }) { denied.replace(with: [Pseudonym(user)]) }
        }
        let users = Grant.test(handOut: 300)
        let guests = Grant.test(audience: .guest, monitor: "Guests", monitorID: Self.guestsID, handOut: 300)
        let visitors = Grant.test(
            app: "visitors", audience: .guest, monitor: "Guests", monitorID: Self.guestsID,
            guestSessions: .perVisitor, handOut: 300)
        let plain = Grant.test(app: "plain")
        let apps = [
            App(
                name: AppName("shop")!, origins: [],
                signedIn: App.SignedIn(grant: users, issuers: [Issuer("https://one")]), guest: guests),
            App(name: AppName("visitors")!, origins: [], signedIn: nil, guest: visitors),
            App(
                name: AppName("plain")!, origins: [],
                signedIn: App.SignedIn(grant: plain, issuers: [Issuer("https://one")]), guest: nil),
        ]
        // Waits for ever, so that no test depends on when a time-out begins.
        let monotonic = MonotonicTime(now: { time.elapsed }, sleep: { _ in try await Task.sleep(for: .seconds(3_600)) })
        let grants = apps.flatMap(\.grants)
        cache = CredentialCache(limits: CacheLimits().scaled(to: grants), now: { time.now }, time: monotonic)
        parents = ParentSessions(
            limits: CacheLimits(), grants: grants, scoping: scoping, timeout: .seconds(8), now: { time.now },
            time: monotonic)
        broker = Broker(
            apps: apps, cache: cache, denied: denied,
            ports: .test(time, exchange, audit: audit, meter: CountingMeter(), dataPlane: plane), parents: parents)
    }

    private func request(
        _ user: String? = "alice", app: String = "shop", _ purpose: CredentialsRequest.Purpose = .vend(nil)
    ) -> CredentialsRequest {
        CredentialsRequest(
            app: AppName(app)!, audience: user.map { .signedIn(BearerToken("https://one|\($0)")) } ?? .guest,
            purpose: purpose, requestID: "r")
    }

    private func key(_ request: CredentialsRequest) async throws -> String {
        try await broker.vend(request).vended.accessKeyID
    }

    /// Waits until a background refresh is over.
    private func settled() async {
        while cache.exchangesInFlight > 0 { await Task.yield() }
    }

    @Test("returns children with the strict policy, and requests a session that may make them")
    func child() async throws {
        let result = try await broker.vend(request())
        #expect(result.vended.accessKeyID == "CHILD1")
        #expect(result.vended.expiration == time.now.addingTimeInterval(300))
        #expect(text(of: result.vended) == "child of secret of https://one|alice in shop to Shop")
        let strict = SessionPolicy(.named("Shop")).json
        #expect(scoping.calls.map(\.policy.json) == [strict])
        #expect(scoping.calls.map(\.seconds) == [300] && scoping.calls.map(\.parent) == ["ASIA1"])
        let parent = exchange.state.withLock { $0.calls.map(\.policy.json) }
        #expect(
            parent == [
                strict.replacingOccurrences(
                    of: "]}", with: #",{"Effect":"Allow","Action":"sts:GetScopedCredentials","Resource":"*"}]}"#)
            ])
        #expect(parents.count == 1 && cache.count == 1)
    }

    @Test("makes the children of one user from one session, and those of another user from another")
    func oneParent() async throws {
        #expect(try await key(request()) == "CHILD1")
        #expect(try await key(request()) == "CHILD1")
        time.advance(250)
        #expect(try await key(request()) == "CHILD2", "the first has less than its minimum life left")
        #expect(try await key(request("bob")) == "CHILD3")
        #expect(scoping.calls.map(\.parent) == ["ASIA1", "ASIA1", "ASIA2"] && exchange.calls == 2)
    }

    @Test("joins simultaneous requests of one user in one exchange and one child")
    func singleFlight() async throws {
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<50 { group.addTask { try await key(request()) } }
            for try await key in group { #expect(key == "CHILD1") }
        }
        #expect(exchange.calls == 1 && scoping.calls.count == 1)
    }

    @Test("refreshes a child ahead of its end, in the background")
    func refreshAhead() async throws {
        _ = try await key(request())
        time.advance(149)
        #expect(try await key(request()) == "CHILD1")
        await settled()
        #expect(scoping.calls.count == 1)
        time.advance(2)
        #expect(try await key(request()) == "CHILD1")
        await settled()
        #expect(try await key(request()) == "CHILD2" && exchange.calls == 1)
    }

    @Test("makes no child from a session that ends before the child would")
    func boundedByParent() async throws {
        _ = try await key(request())
        _ = try await key(request("bob"))
        // The session of each must have 300 and 30 of its 3,600 seconds left.
        time.advance(3_269)
        _ = try await key(request())
        #expect(scoping.calls.last?.parent == "ASIA1")
        time.advance(2)
        _ = try await key(request("bob"))
        let last = try #require(scoping.calls.last)
        #expect(last.parent != "ASIA2" && last.seconds == 300)
    }

    @Test("replaces the session once if AWS rejects it, and makes the child from the new one")
    func freshParent() async throws {
        _ = try await key(request())
        time.advance(250)
        scoping.failNext("InsufficientSessionLifetime")
        #expect(try await key(request()) == "CHILD3")
        #expect(scoping.calls.map(\.parent) == ["ASIA1", "ASIA1", "ASIA2"] && exchange.calls == 2)
    }

    @Test("does not replace a session that is seconds old: AWS would reject the next one too")
    func newParent() async throws {
        scoping.failNext("AccessDenied")
        let error = await #expect(throws: VendingError.self) { try await key(request()) }
        guard case .exchangeFailed(let failure)? = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(failure.kind == .refused && failure.code == "AccessDenied")
        #expect(exchange.calls == 1 && scoping.calls.count == 1 && cache.count == 0)
    }

    @Test("never answers with the session's own credentials, if the child is refused twice or is none")
    func neverTheParent() async throws {
        _ = try await key(request())
        time.advance(250)
        for _ in 0..<2 { scoping.failNext("AccessDenied") }
        await #expect(throws: VendingError.self) { try await key(request()) }
        #expect(exchange.calls == 2)
        scoping.state.withLock { $0.returnsParent = true }
        await #expect(throws: VendingError.self) { try await key(request("bob")) }
        scoping.state.withLock { ($0.returnsParent, $0.excess) = (false, 4_000) }
        await #expect(throws: VendingError.self, "longer than its session") { try await key(request("carol")) }
        #expect(cache.count == 0)
    }

    @Test("does not replace the session if another one would not help")
    func otherErrors() async throws {
        _ = try await key(request())
        time.advance(250)
        scoping.failNext("PackedPolicyTooLarge", rejectsParent: false)
        await #expect(throws: VendingError.self) { try await key(request()) }
        #expect(exchange.calls == 1)
    }

    @Test("leaves the call that makes the child the time that the exchange did not use")
    func deadline() async throws {
        _ = try await key(request())
        #expect(scoping.calls.map(\.time) == [.seconds(8)])
        delay.seconds.withLock { $0 = 6 }
        time.advance(250)
        scoping.failNext("ExpiredToken")
        #expect(try await key(request()) == "CHILD3")
        #expect(scoping.calls.last?.time == .seconds(2))
    }

    @Test("all guests share one child, made from one session")
    func guests() async throws {
        #expect(try await key(request(nil)) == "CHILD1")
        #expect(try await key(request(nil)) == "CHILD1")
        #expect(parents.count == 1 && exchange.calls == 1)
    }

    @Test("each visitor gets a child of a session of their own, and neither is kept")
    func visitors() async throws {
        #expect(try await key(request(nil, app: "visitors")) == "CHILD1")
        #expect(try await key(request(nil, app: "visitors")) == "CHILD2")
        #expect(parents.count == 0 && cache.count == 0 && exchange.calls == 2)
    }

    @Test("narrows by the caller's policy in the child, from the user's one session, in one layer")
    func narrowed() async throws {
        let policy = try #require(
            CallerPolicy(
                text: #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","#
                    + #""Condition":{"StringEquals":{"aws:userid":"x"}}}}"#))
        let session = RequestedSession(
            roleARN: "arn:aws:iam::123456789012:role/Role", duration: nil, policy: policy)
        _ = try await key(request())
        _ = try await key(request("alice", .vend(session)))
        _ = try await key(request("alice", .vend(session)))
        #expect(exchange.calls == 1 && scoping.calls.map(\.parent) == ["ASIA1", "ASIA1", "ASIA1"])
        let narrowed = scoping.calls.map(\.policy).dropFirst()
        #expect(narrowed.allSatisfy { $0.json.contains("aws:userid") && !$0.json.contains("sts:") })
        #expect(cache.count == 1, "narrowed credentials are not cached")
    }

    @Test("a caller can narrow short credentials of a flow that takes no session policy, and no others of it")
    func enhancedFlow() throws {
        let role = "arn:aws:iam::123456789012:role/Role"
        let pool = try #require(
            IdentityPool(id: "us-west-2:11111111-2222-3333-4444-555555555555", flow: .enhanced(customRole: role)))
        let policy = try #require(
            CallerPolicy(
                text: #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","#
                    + #""Condition":{"StringEquals":{"aws:userid":"x"}}}}"#))
        let session = RequestedSession(roleARN: role, duration: nil, policy: policy)
        func restricted(handOut: Int?) throws(RequestedSessionError) -> ExchangeRequest {
            let grant = Grant(
                app: AppName("shop")!, audience: .signedIn, monitor: .named("Shop"), exchange: .cognito(pool),
                sessionDuration: 3_600, handOut: handOut, digest: { _ in SHA256Digest(words: (1, 2, 3, 4)) })
            return try session.restricted(for: ExchangeRequest(grant: grant, holder: .guests))
        }
        #expect(throws: RequestedSessionError.policyNotPossible) { try restricted(handOut: nil) }
        let narrowed = try restricted(handOut: 300)
        #expect(narrowed.isNarrowed && narrowed.cacheKey == nil)
        #expect(!narrowed.parent.isNarrowed && narrowed.parent.cacheKey != nil)
    }

    @Test("signs batches with a child")
    func forwarding() async throws {
        _ = try await broker.forward(
            Batch(body: [1], contentType: "application/json", isGzipped: false),
            request("alice", .forward(monitorID: "11111111-2222-3333-4444-555555555555")))
        #expect(plane.calls.map(\.credentials.accessKeyID) == ["CHILD1"])
        #expect(try await key(request()) == "CHILD1")
    }

    @Test("refuses a denied user, and removes their session")
    func denial() async throws {
        _ = try await key(request())
        _ = try await key(request("bob"))
        denied.replace(with: [Pseudonym("https://one/alice")])
        #expect(broker.cached(request()) == nil)
        await #expect(throws: VendingError.self) { try await key(request()) }
        parents.removeDenied(by: denied, FakePseudonyms())
        #expect(parents.count == 1 && scoping.calls.count == 2)
    }

    @Test("refuses a user who is denied while the child is made")
    func denialInFlight() async throws {
        delay.denies.withLock { $0 = "https://one/alice" }
        let error = await #expect(throws: VendingError.self) { try await key(request()) }
        guard case .denied? = error else { return #expect(Bool(false), "\(error as Any)") }
    }

    @Test("keeps no session of a user who is denied during the exchange")
    func denialDuringExchange() async throws {
        let gate = Gate()
        let time = time
        let slow = FakeExchange(time, gate: gate)
        let app = App(
            name: AppName("shop")!, origins: [],
            signedIn: App.SignedIn(grant: .test(handOut: 300), issuers: [Issuer("https://one")]), guest: nil)
        let parents = ParentSessions(
            limits: CacheLimits(), grants: app.grants, scoping: scoping, timeout: .seconds(8), now: { time.now })
        let broker = Broker(
            apps: [app], cache: CredentialCache(limits: CacheLimits().scaled(to: app.grants), now: { time.now }),
            denied: denied, ports: .test(time, slow, audit: audit, meter: CountingMeter()), parents: parents)
        async let answer = broker.vend(request())
        while slow.calls == 0 { await Task.yield() }
        denied.replace(with: [Pseudonym("https://one/alice")])
        gate.open()
        do {
            _ = try await answer
            Issue.record("a denied user got credentials")
        } catch VendingError.denied {}
        #expect(parents.count == 0 && scoping.calls.isEmpty)
    }

    @Test("leaves grants without hand-out as they are")
    func without() async throws {
        #expect(try await key(request(app: "plain")) == "ASIA1")
        #expect(scoping.calls.isEmpty && parents.count == 0)
        #expect(exchange.state.withLock { $0.calls.map(\.policy) } == [SessionPolicy(.named("Shop"))])
    }

    @Test(
        "scales the minimum life with the lifetime of short credentials",
        arguments: [(60, 20.0), (300, 100), (3_600, 300)])
    func minimumLife(seconds: Int, expected: Double) {
        let grant = Grant.test(duration: 7_200, handOut: seconds)
        let limits = CacheLimits().scaled(to: [grant, .test(app: "plain")])
        #expect(limits.minimumLife(of: grant.digest) == expected)
        #expect(limits.minimumLife(of: Grant.test(app: "plain").digest) == 300)
        #expect(limits.minimumLives.count == 1)
    }

    @Test("records each child in the audit trail, with the key of its session")
    func auditing() async throws {
        let result = try await broker.vend(request())
        let receipt = Receipt(result.vended)
        #expect(receipt.accessKeyID == "CHILD1" && receipt.parentAccessKeyID == "ASIA1")
    }
}
