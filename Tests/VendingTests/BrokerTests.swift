// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Vending

@Suite struct BrokerTests {
    private let time = ManualTime()
    private let exchange: FakeExchange
    private let meter = CountingMeter()
    private let audit = AuditRecord()
    private let broker: Broker

    init() {
        exchange = FakeExchange(time)
        let issuers: Set = [Issuer("https://one"), Issuer("https://two")]
        let apps = ["shop", "blog"].map { name in
            App(
                name: AppName(name)!, origins: [],
                signedIn: App.SignedIn(grant: .test(app: name, monitor: "\(name)-users"), issuers: issuers),
                guest: .test(app: name, audience: .guest, monitor: "\(name)-guests"))
        }
        let closed = App(
            name: AppName("closed")!, origins: [],
            signedIn: App.SignedIn(grant: .test(app: "closed"), issuers: [Issuer("https://one")]), guest: nil)
        let time = time
        let gold = App(
            name: AppName("gold")!, origins: [],
            signedIn: App.SignedIn(
                grant: .test(app: "gold"), issuers: issuers,
                requirements: [ClaimRequirement(ClaimPath(["plan"])!, .equals(.string("gold")))]), guest: nil)
        let tagged = App(
            name: AppName("tagged")!, origins: [],
            signedIn: App.SignedIn(
                grant: .test(
                    app: "tagged",
                    attribution: Attribution(tags: [SessionTagRule(key: "p", source: .claim(ClaimPath(["plan"])!))!])),
                issuers: issuers), guest: .test(app: "tagged", audience: .guest, guestSessions: .perVisitor))
        let visitors = Atomic(0)
        broker = Broker(
            apps: apps + [closed, gold, tagged], cache: CredentialCache(limits: CacheLimits(), now: { time.now }),
            ports: .test(time, exchange, audit: audit, meter: meter) {
                "\(visitors.add(1, ordering: .relaxed).newValue)"
            })
    }

    private func request(_ app: String, _ token: String?) -> CredentialsRequest {
        CredentialsRequest(app: AppName(app)!, audience: .signedIn(token.map { BearerToken($0) }), requestID: "r")
    }

    private func guest(_ app: String) -> CredentialsRequest {
        CredentialsRequest(app: AppName(app)!, audience: .guest, requestID: "r")
    }

    @Test("separates the sessions of two tokens of one user that have different values for a session tag")
    func tagsAreKept() async throws {
        let answers = [
            try await vend("tagged", "https://one|alice|gold"), try await vend("tagged", "https://one|alice|free"),
            try await vend("tagged", "https://one|alice|gold"), try await vend("tagged", "https://one|alice"),
        ]
        #expect(answers.count == 4 && exchange.calls == 3)
        _ = try await (vend("shop", "https://one|alice|gold"), vend("shop", "https://one|alice|free"))
        #expect(exchange.calls == 4, "a claim that is no source of a tag does not separate sessions")
    }

    @Test("issues one uncached session for each request of a guest, with per-visitor sessions")
    func visitors() async throws {
        var answers: Set<String> = []
        for _ in 0..<3 {
            #expect(broker.cached(guest("tagged")) == nil)
            let vend = try await broker.vend(guest("tagged"))
            #expect(!vend.hit)
            answers.insert(text(of: vend.vended))
        }
        #expect(answers.count == 3 && exchange.calls == 3)
    }

    /// Allows everything from one IP address.
    private let narrowing = CallerPolicy(
        text: """
            {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*",
             "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.1"}}}}
            """)

    private func requestSession(
        _ role: String = "Role", _ duration: Int? = nil, _ policy: CallerPolicy? = nil, app: String = "shop",
        token: String = "https://one|alice"
    ) -> CredentialsRequest {
        CredentialsRequest(
            app: AppName(app)!, audience: .signedIn(BearerToken(token)),
            purpose: .vend(
                RequestedSession(
                    roleARN: "arn:aws:iam::123456789012:role/\(role)", duration: duration, policy: policy)),
            requestID: "r")
    }

    @Test("returns the user's cached session for a requested session that does not narrow the grant")
    func requestedSession() async throws {
        _ = try await broker.vend(requestSession())
        #expect(try await broker.vend(requestSession("Role", 3600)).hit)
        #expect(try await broker.vend(request("shop", "https://one|alice")).hit)
        #expect(exchange.calls == 1)
    }

    @Test("obtains a narrowed session by a new exchange each time, and neither caches nor shares it")
    func narrowed() async throws {
        _ = try await vend("shop", "https://one|alice")
        let narrowing = try #require(narrowing)
        for _ in 0..<2 {
            let request = requestSession("Role", nil, narrowing)
            #expect(broker.cached(request) == nil)
            let vend = try await broker.vend(request)
            #expect(!vend.hit && vend.request.policy.json.contains("192.0.2.1"))
        }
        #expect(exchange.calls == 3)
        #expect(try await vend("shop", "https://one|alice") == "secret of https://one|alice in shop to shop-users")
        let policies = exchange.state.withLock { $0.calls.map(\.policy.json) }
        #expect(policies.map { $0.contains("192.0.2.1") } == [false, true, true] && exchange.calls == 3)
    }

    @Test("refuses another role and a longer session after it has authorized the user, and records the refusal")
    func sessionRefused() async throws {
        for (request, reason) in [
            (requestSession("Other"), RequestedSessionError.roleWrong),
            (requestSession("Role", 3601), .durationTooLong),
            (requestSession("Other", 3601, narrowing), .roleWrong),
        ] {
            await #expect {
                _ = try await broker.vend(request)
            } throws: { error in
                if case .sessionRefused(reason) = error as? VendingError { true } else { false }
            }
        }
        for (request, expected) in [
            (requestSession("Other", token: "junk"), "tokenRefused"),
            (requestSession("Other", token: "https://three|eve"), "notAuthorized"),
            (requestSession("Other", app: "nowhere"), "appUnknown"),
        ] {
            await #expect {
                _ = try await broker.vend(request)
            } throws: { error in
                "\(error)".contains(expected)
            }
        }
        #expect(exchange.calls == 0 && audit.events.count == 6)
    }

    @Test("records every vend and every refusal once, with the id of its request, if the trail records cache hits")
    func audited() async throws {
        audit.hits.withLock { $0 = true }
        _ = try await vend("shop", "https://one|alice")
        _ = broker.cached(request("shop", "https://one|alice"))
        _ = try await broker.vend(guest("shop"))
        for (app, token) in [("nowhere", "x"), ("shop", nil), ("shop", "junk"), ("closed", "https://two|bob")] {
            _ = try? await broker.vend(request(app, token))
        }
        exchange.failNext(ExchangeError(.throttled, "Throttling"))
        _ = try? await broker.vend(request("blog", "https://one|alice"))
        let lines = audit.events.map { event in
            let who = [event.app?.rawValue, event.audience.rawValue, event.subject?.pseudonym.text]
            let what =
                switch event.outcome {
                case .vended(let receipt, let hit): "\(receipt.accessKeyID) \(hit)"
                case .refused(let error): "\(error)".prefix { $0 != "(" }.description
                }
            #expect(event.requestID == "r")
            return (who.map { $0 ?? "-" } + [what]).joined(separator: " ")
        }
        #expect(
            lines == [
                "shop signed-in https://one/alice ASIA1 false", "shop signed-in https://one/alice ASIA1 true",
                "shop guest - ASIA2 false", "- signed-in - appUnknown", "shop signed-in - tokenMissing",
                "shop signed-in - tokenRefused", "closed signed-in https://two/bob notAuthorized",
                "blog signed-in https://one/alice exchangeFailed",
            ])
    }

    @Test("returns no credentials if it cannot record their required audit event, and leaves refusals unchanged")
    func auditRequired() async throws {
        audit.required.withLock { $0 = true }
        audit.fails.withLock { $0 = true }
        await #expect { try await broker.vend(request("shop", "https://one|alice")) } throws: {
            if case VendingError.auditFailed = $0 { true } else { false }
        }
        #expect(broker.cached(request("shop", "https://one|alice")) == nil)
        await #expect { try await broker.vend(request("shop", "junk")) } throws: {
            if case VendingError.tokenRefused = $0 { true } else { false }
        }
        audit.fails.withLock { $0 = false }
        #expect(broker.cached(request("shop", "https://one|alice")) == nil, "the warm path cannot wait for the event")
        _ = try await vend("shop", "https://one|alice")
        #expect(broker.cached(request("shop", "https://one|alice")) != nil)
    }

    private func vend(_ app: String, _ token: String?) async throws -> String {
        text(of: try await broker.vend(request(app, token)).vended)
    }

    @Test("never shares a session between two users, two apps of one user or two issuers with one subject")
    func separation() async throws {
        var answers: Set<String> = []
        for app in ["shop", "blog"] {
            for token in ["https://one|alice", "https://one|bob", "https://two|alice"] {
                answers.insert(try await vend(app, token))
            }
        }
        #expect(answers.count == 6)
        #expect(exchange.calls == 6)
    }

    @Test("treats subjects that differ only in Unicode normalization as two users")
    func lookalikes() async throws {
        let composed = try await vend("shop", "https://one|\u{E9}")
        let decomposed = try await vend("shop", "https://one|e\u{301}")
        #expect(!composed.utf8.elementsEqual(decomposed.utf8))
        #expect(exchange.calls == 2)
    }

    @Test("serves a second request from the cache without suspension and without an exchange")
    func warm() async throws {
        #expect(broker.cached(request("shop", "https://one|alice")) == nil)
        let first = try await vend("shop", "https://one|alice")
        let second = broker.cached(request("shop", "https://one|alice")).map { text(of: $0) }
        #expect(second == first)
        #expect(exchange.calls == 1)
    }

    @Test("returns no cached credentials for a token that has expired")
    func authenticatesEachTime() async throws {
        _ = try await vend("shop", "https://one|alice")
        time.advance(601)
        #expect(broker.cached(request("shop", "https://one|alice")) == nil)
    }

    @Test("issues one shared session for the guests' monitor to all guests of an app")
    func guests() async throws {
        let guest = guest("shop")
        let first = try await broker.vend(guest)
        #expect(try await broker.vend(guest).hit)
        #expect(text(of: first.vended) == "secret of guests in shop to shop-guests")
        #expect(exchange.calls == 1)
    }

    @Test("refuses an invalid token and never treats its request as a guest's")
    func noFallback() async throws {
        await #expect { try await vend("shop", "garbage") } throws: { error in
            if case VendingError.tokenRefused(let refusal) = error { refusal.reason == .notCompactForm } else { false }
        }
        await #expect { try await vend("shop", nil) } throws: { error in
            if case VendingError.tokenMissing = error { true } else { false }
        }
        #expect(exchange.calls == 0)
    }

    @Test("counts each verified and each rejected token once, and a cached verdict not again")
    func metered() async throws {
        _ = try await vend("shop", "https://one|alice")
        _ = try await vend("blog", "https://one|alice")
        _ = try? await vend("closed", "https://two|alice")
        _ = try? await vend("shop", "garbage")
        _ = try? await vend("shop", nil)
        #expect(meter.verified == 2)
        #expect(meter.refused == [.notCompactForm])
    }

    @Test("refuses a verified user of an issuer that the app does not accept")
    func notAuthorized() async throws {
        await #expect { try await vend("closed", "https://two|alice") } throws: { error in
            if case VendingError.notAuthorized = error { true } else { false }
        }
        #expect(exchange.calls == 0)
    }

    @Test("checks an app's required claims for each request, whether the user's credentials are cached or not")
    func requiredClaims() async throws {
        let (good, bad) = ("https://one|alice|gold", "https://one|alice|iron")
        func isRefused(_ token: String) async -> Bool {
            do throws(VendingError) {
                _ = try await broker.vend(request("gold", token))
                return false
            } catch {
                if case .notAuthorized(let detail) = error {
                    return !detail.contains("iron") && detail.contains("plan")
                }
                return false
            }
        }
        #expect(await isRefused(bad))
        let first = try await vend("gold", good)
        #expect(await isRefused(bad))
        #expect(await isRefused("https://one|alice"))
        #expect(broker.cached(request("gold", bad)) == nil)
        #expect(broker.cached(request("gold", good)) != nil)
        #expect(try await vend("gold", good) == first)
        #expect(exchange.calls == 1)
    }

    @Test("distinguishes an unknown app from an audience without a grant")
    func unknown() async throws {
        await #expect { try await vend("nowhere", "https://one|alice") } throws: { error in
            if case VendingError.appUnknown = error { true } else { false }
        }
        await #expect {
            _ = try await broker.vend(guest("closed"))
        } throws: { error in
            if case VendingError.audienceNotServed = error { true } else { false }
        }
    }

    @Test("passes the kind and the retry delay of an exchange's error to the caller")
    func failure() async throws {
        exchange.failNext(ExchangeError(.throttled, "Throttling", retryAfter: 7))
        await #expect { try await vend("shop", "https://one|alice") } throws: { error in
            if case VendingError.exchangeFailed(let failure) = error {
                failure.kind == .throttled && failure.retryAfter == 7
            } else {
                false
            }
        }
        _ = try await vend("shop", "https://one|alice")
    }
}
