// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Vending

@Suite struct ForwardingTests {
    private static let usersID = "11111111-2222-3333-4444-555555555555"
    private static let guestsID = "66666666-7777-8888-9999-000000000000"
    private let time = ManualTime()
    private let exchange: FakeExchange
    private let plane = FakeDataPlane()
    private let meter = CountingMeter()
    private let audit = AuditRecord()
    private let denied = DenyList()
    private let cache: CredentialCache
    private let broker: Broker

    init() {
        exchange = FakeExchange(time)
        let time = time
        func app(_ name: String, _ rule: UserDetailsRule = .any, guest: Bool = true) -> App {
            App(
                name: AppName(name)!, origins: [],
                signedIn: App.SignedIn(
                    grant: .test(app: name, monitor: "users"), issuers: [Issuer("https://one")], userDetails: rule),
                guest: guest
                    ? .test(
                        app: name, audience: .guest, monitor: "guests", monitorID: Self.guestsID,
                        guestSessions: .perVisitor) : nil)
        }
        cache = CredentialCache(limits: CacheLimits(), now: { time.now }, time: time.monotonic)
        broker = Broker(
            apps: [
                app("shop"), app("own", .subject), app("claim", .claim(ClaimPath(["plan"])!)),
                app("closed", guest: false),
            ], cache: cache, denied: denied,
            ports: .test(time, exchange, audit: audit, meter: meter, dataPlane: plane))
    }

    private func forward(
        _ app: String, _ token: String?, _ monitor: String, _ body: String = "batch"
    ) async throws(ForwardingError) -> Forwarded {
        let audience: CredentialsRequest.Audience = token.map { .signedIn(BearerToken($0)) } ?? .guest
        return try await broker.forward(
            Batch(body: Array(body.utf8), contentType: "application/json", isGzipped: false),
            CredentialsRequest(
                app: AppName(app)!, audience: audience, purpose: .forward(monitorID: monitor), requestID: "r"))
    }

    /// The name of the error case, or `forwarded`.
    private func refusal(_ app: String, _ token: String?, _ monitor: String, _ body: String = "batch") async -> String {
        do throws(ForwardingError) {
            _ = try await forward(app, token, monitor, body)
            return "forwarded"
        } catch {
            switch error {
            case .refused(let error): return String("\(error)".prefix { $0 != "(" })
            case .undelivered(let failure): return "\(failure.kind)"
            }
        }
    }

    @Test("sends a user's batches to the users' monitor, all signed with one session")
    func user() async throws {
        #expect(try await !forward("shop", "https://one|alice", Self.usersID, "first").hit)
        #expect(try await forward("shop", "https://one|alice", Self.usersID, "second").hit)
        #expect(plane.calls.map { String(decoding: $0.batch.body, as: UTF8.self) } == ["first", "second"])
        #expect(plane.calls.allSatisfy { $0.monitor.name == "users" && $0.credentials.accessKeyID == "ASIA1" })
        #expect(exchange.calls == 1 && meter.forwarded == [.forwarded, .forwarded] && meter.bytes == 11)
    }

    @Test("signs batches with the session that the credentials endpoint returns")
    func sameSession() async throws {
        let request = CredentialsRequest(
            app: AppName("shop")!, audience: .signedIn(BearerToken("https://one|alice")), requestID: "r")
        let vend = try await broker.vend(request)
        #expect(try await forward("shop", "https://one|alice", Self.usersID).hit)
        #expect(plane.calls.first?.credentials.accessKeyID == vend.vended.accessKeyID && exchange.calls == 1)
    }

    @Test("signs all guests' batches with one session, even if the credentials endpoint issues one for each visitor")
    func guests() async throws {
        for _ in 0..<3 { _ = try await forward("shop", nil, Self.guestsID) }
        #expect(plane.calls.count == 3 && exchange.calls == 1)
        #expect(plane.calls.allSatisfy { $0.monitor.name == "guests" })
    }

    @Test(
        "refuses a batch whose caller has no grant for the monitor",
        arguments: [
            ("shop", nil, usersID, "tokenMissing"), ("closed", nil, usersID, "tokenMissing"),
            ("closed", nil, guestsID, "audienceNotServed"), ("shop", nil, "another", "monitorNotServed"),
            ("shop", "https://one|alice", guestsID, "monitorNotServed"), ("nobodys", nil, guestsID, "appUnknown"),
            ("shop", "https://one|alice", usersID.uppercased() + "A", "monitorNotServed"),
            ("shop", "https://other|alice", usersID, "notAuthorized"), ("shop", "junk", usersID, "tokenRefused"),
            ("shop", "junk", guestsID, "tokenRefused"), ("shop", "", guestsID, "tokenRefused"),
        ] as [(String, String?, String, String)])
    func monitors(app: String, token: String?, monitor: String, expected: String) async {
        #expect(await refusal(app, token, monitor) == expected)
        #expect(plane.calls.isEmpty && exchange.calls == 0 && meter.forwarded == [.unauthorized])
    }

    @Test(
        "refuses a signed-in user's batch that names another user, if the app has a user details rule",
        arguments: [
            ("own", "https://one|alice", "alice", "forwarded"), ("own", "https://one|alice", "", "forwarded"),
            ("own", "https://one|alice", UserDetailsRule.nobody, "forwarded"),
            ("own", "https://one|alice", "bob", "userDetailsRefused"),
            ("own", "https://one|alice", "unreadable", "userDetailsRefused"),
            ("own", "https://one|cafe\u{301}", "caf\u{e9}", "userDetailsRefused"),
            ("claim", "https://one|alice|gold", "gold", "forwarded"),
            ("claim", "https://one|alice|gold", "alice", "userDetailsRefused"),
            ("claim", "https://one|alice", "gold", "userDetailsRefused"),
            ("shop", "https://one|alice", "unreadable", "forwarded"),
        ])
    func userDetails(app: String, token: String, named: String, expected: String) async {
        #expect(await refusal(app, token, Self.usersID, named) == expected)
        #expect(plane.calls.count == (expected == "forwarded" ? 1 : 0))
    }

    @Test("records and counts a batch that names another user as a refusal")
    func userDetailsRecorded() async {
        #expect(await refusal("own", "https://one|alice", Self.usersID, "bob") == "userDetailsRefused")
        guard case .refused(.userDetailsRefused(let detail)) = audit.events.last?.outcome else {
            Issue.record("no refusal is recorded")
            return
        }
        #expect(detail == "UserDetails.userId does not match the user" && meter.forwarded == [.unauthorized])
    }

    @Test("reads a batch on another executor than the one that serves the request, which goes on there")
    func readElsewhere() async throws {
        let executor = CountingExecutor()
        let reader = WatchingBatches(executor)
        let app = App(
            name: AppName("own")!, origins: [],
            signedIn: App.SignedIn(
                grant: .test(app: "own", monitor: "users"), issuers: [Issuer("https://one")], userDetails: .subject),
            guest: nil)
        let broker = Broker(
            apps: [app], cache: cache,
            ports: .test(time, exchange, audit: audit, meter: meter, dataPlane: plane, batches: reader))
        try await withTaskExecutorPreference(executor) {
            _ = try await broker.forward(
                Batch(body: Array("alice".utf8), contentType: "application/json", isGzipped: false),
                CredentialsRequest(
                    app: AppName("own")!, audience: .signedIn(BearerToken("https://one|alice")),
                    purpose: .forward(monitorID: Self.usersID), requestID: "r"))
            #expect(executor.isCurrent)
        }
        #expect(reader.isOnExecutor.withLock { $0 } == [false])
    }

    @Test("does not read a batch that the rate limiter rejects")
    func unread() async {
        plane.isLimited.withLock { $0 = true }
        #expect(await refusal("own", "https://one|alice", Self.usersID, "unreadable") == "rateLimited")
    }

    @Test("makes a user's calls of the data plane in the user's share, and those of guests in that of their network")
    func shares() async throws {
        for name in ["alice", "alice", "bob"] { _ = try await forward("shop", "https://one|\(name)", Self.usersID) }
        let users = plane.calls.map(\.share)
        #expect(users[0] == users[1] && users[0] != users[2] && users.allSatisfy { $0.audience == .signedIn })
        for (high, low) in [(1, 1), (1, 2), (2, 1)] as [(UInt64, UInt64)] {
            _ = try await broker.forward(
                Batch(body: [], contentType: "application/json", isGzipped: false),
                CredentialsRequest(
                    app: AppName("shop")!, audience: .guest, purpose: .forward(monitorID: Self.guestsID),
                    requestID: "r", client: ClientAddress(high: high, low: low)))
        }
        let guests = plane.calls.suffix(3).map(\.share)
        #expect(guests[0] == guests[1] && guests[0] != guests[2] && guests.allSatisfy { $0.audience == .guest })
    }

    @Test("replaces credentials that AWS rejects by one exchange, and retries the batch")
    func expired() async throws {
        _ = try await forward("shop", "https://one|alice", Self.usersID)
        time.advance(60)
        plane.fail(.credentialsRejected)
        #expect(try await !forward("shop", "https://one|alice", Self.usersID).hit)
        #expect(plane.calls.map(\.credentials.accessKeyID) == ["ASIA1", "ASIA1", "ASIA2"] && exchange.calls == 2)
    }

    @Test("does not replace new credentials that AWS rejects, and does not retry the batch")
    func rejectedAnew() async throws {
        _ = try await forward("shop", "https://one|alice", Self.usersID)
        time.advance(60)
        plane.fail(.credentialsRejected, .credentialsRejected, .credentialsRejected)
        #expect(await refusal("shop", "https://one|alice", Self.usersID) == "credentialsRejected")
        #expect(await refusal("shop", "https://one|alice", Self.usersID) == "credentialsRejected")
        #expect(plane.calls.count == 4 && exchange.calls == 2)
    }

    @Test(
        "returns any other delivery error without a retry",
        arguments: [
            DeliveryError.Kind.refused, .throttled, .rateLimited, .failed(status: 500), .unavailable, .timedOut,
            .noConnection,
        ])
    func failures(kind: DeliveryError.Kind) async {
        plane.fail(kind)
        #expect(await refusal("shop", "https://one|alice", Self.usersID) == "\(kind)")
        #expect(plane.calls.count == 1 && meter.forwarded != [.forwarded])
    }

    @Test("sends no batch if the exchange fails, and counts the batch as not vended")
    func notVended() async {
        exchange.failNext(ExchangeError(.refused, "AccessDenied"))
        #expect(await refusal("shop", "https://one|alice", Self.usersID) == "exchangeFailed")
        #expect(plane.calls.isEmpty && meter.forwarded == [.notVended])
    }

    @Test("records the first batch of a session and every refusal in the audit trail, and no other batch")
    func auditing() async throws {
        for _ in 0..<3 { _ = try await forward("shop", "https://one|alice", Self.usersID) }
        _ = await refusal("shop", "https://one|alice", Self.guestsID)
        let outcomes = audit.events.map { event in
            if case .vended(let receipt, _) = event.outcome {
                receipt.accessKeyID
            } else {
                "refused"
            }
        }
        #expect(outcomes == ["ASIA1", "refused"])
    }

    @Test("signs no batch with a session until its audit event is recorded")
    func unrecorded() async throws {
        audit.required.withLock { $0 = true }
        audit.fails.withLock { $0 = true }
        #expect(await refusal("shop", "https://one|alice", Self.usersID) == "auditFailed")
        #expect(await refusal("shop", "https://one|alice", Self.usersID) == "auditFailed")
        #expect(plane.calls.isEmpty)
        audit.fails.withLock { $0 = false }
        _ = try await forward("shop", "https://one|alice", Self.usersID)
        _ = try await forward("shop", "https://one|alice", Self.usersID)
        let vends = audit.events.filter { if case .vended = $0.outcome { true } else { false } }
        #expect(vends.count == 1 && audit.events.count == 3 && exchange.calls == 1)
    }

    @Test("refuses a denied user at once on the warm and the full path, and still serves other users")
    func denial() async throws {
        let request = { (name: String) in
            CredentialsRequest(
                app: AppName("shop")!, audience: .signedIn(BearerToken("https://one|\(name)")), requestID: "r")
        }
        for name in ["alice", "bob"] { _ = try await broker.vend(request(name)) }
        #expect(broker.cached(request("alice")) != nil)
        denied.replace(with: [Pseudonym("https://one/alice")])
        #expect(broker.cached(request("alice")) == nil && broker.cached(request("bob")) != nil)
        await #expect {
            try await broker.vend(request("alice"))
        } throws: { error in
            if case VendingError.denied = error { true } else { false }
        }
        #expect(await refusal("shop", "https://one|alice", Self.usersID) == "denied")
        #expect(await refusal("shop", "https://one|bob", Self.usersID) == "forwarded")
        cache.removeDenied(by: denied, FakePseudonyms())
        #expect(cache.count == 1)
        denied.replace(with: [])
        #expect(await refusal("shop", "https://one|alice", Self.usersID) == "forwarded")
        #expect(exchange.calls == 3)
    }

    @Test("starts no refresh for a denied user's warm request, even if their cached credentials are due for one")
    func deniedStartsNoRefresh() async throws {
        let gate = Gate()
        let broker = Broker(
            apps: [
                App(
                    name: AppName("shop")!, origins: [],
                    signedIn: App.SignedIn(grant: .test(), issuers: [Issuer("https://one")]), guest: nil)
            ], cache: cache, denied: denied,
            ports: .test(time, FakeExchange(time, gate: gate), audit: audit, meter: meter, dataPlane: plane))
        let request = CredentialsRequest(
            app: AppName("shop")!, audience: .signedIn(BearerToken("https://one|alice")), requestID: "r")
        let key = CacheKey(grant: .test(), holder: .user(Issuer("https://one"), Subject("alice")))
        let credentials = VendedCredentials(text: "cached", expiration: time.now.addingTimeInterval(3_600))
        guard case .pending(let flight) = cache.find(key, at: time.now, by: { { credentials } }) else {
            Issue.record("the cache is empty")
            return
        }
        _ = try await flight.value.get()
        time.advance(2_650)
        // Verifies the token; the credentials are not due for a refresh yet.
        #expect(try await broker.vend(request).hit && cache.exchangesInFlight == 0)
        denied.replace(with: [Pseudonym("https://one/alice")])
        time.advance(100)
        #expect(broker.cached(request) == nil && cache.exchangesInFlight == 0)
        denied.replace(with: [])
        #expect(broker.cached(request) != nil && cache.exchangesInFlight == 1)
        gate.open()
    }

    @Test("refuses a user who is denied while their exchange is in flight")
    func deniedMeanwhile() async throws {
        let gate = Gate()
        let slow = FakeExchange(time, gate: gate)
        let broker = Broker(
            apps: [
                App(
                    name: AppName("shop")!, origins: [],
                    signedIn: App.SignedIn(grant: .test(), issuers: [Issuer("https://one")]), guest: nil)
            ], cache: cache, denied: denied, ports: .test(time, slow, audit: audit, meter: meter, dataPlane: plane))
        let request = CredentialsRequest(
            app: AppName("shop")!, audience: .signedIn(BearerToken("https://one|alice")), requestID: "r")
        let vend = Task { try await broker.vend(request) }
        await gate.arrivals(1)
        denied.replace(with: [Pseudonym("https://one/alice")])
        gate.open()
        await #expect(throws: VendingError.self) { try await vend.value }
    }
}

@Suite struct DenyListTests {
    @Test("computes no pseudonym while the deny list is empty")
    func empty() {
        let list = DenyList()
        var calls = 0
        func pseudonym() -> Pseudonym? {
            calls += 1
            return Pseudonym("p")
        }
        #expect(!list.denies(pseudonym()) && calls == 0)
        list.replace(with: [Pseudonym("p")])
        #expect(list.denies(pseudonym()) && calls == 1 && list.count == 1)
        #expect(!list.denies(nil) && !list.denies(Pseudonym("q")))
    }
}
