// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Vending

/// Which vends have an audit event, and which of them wait for it.
@Suite struct AuditingTests {
    private let time = ManualTime()
    private let exchange: FakeExchange
    private let exchangeGate = Gate()
    private let auditGate = Gate()
    private let audit: AuditRecord
    private let broker: Broker

    init() {
        exchange = FakeExchange(time, gate: exchangeGate)
        audit = AuditRecord(gate: auditGate)
        let time = time
        let app = App(
            name: AppName("shop")!, origins: [],
            signedIn: App.SignedIn(grant: .test(), issuers: [Issuer("https://one")]),
            guest: .test(audience: .guest, guestSessions: .perVisitor))
        broker = Broker(
            apps: [app], cache: CredentialCache(limits: CacheLimits(), now: { time.now }),
            ports: .test(time, exchange, audit: audit, meter: CountingMeter()))
    }

    private func request(_ number: Int = 1, guest: Bool = false) -> CredentialsRequest {
        CredentialsRequest(
            app: AppName("shop")!, audience: guest ? .guest : .signedIn(BearerToken("https://one|alice")),
            requestID: "r\(number)")
    }

    /// Request ids with the outcome, in order.
    private var events: [String] {
        audit.events.map { event in
            switch event.outcome {
            case .vended(_, let hit): "\(event.requestID) \(hit ? "hit" : "vended")"
            case .refused(let error): "\(event.requestID) \("\(error)".prefix { $0 != "(" })"
            }
        }
    }

    /// Vends for that many requests, all of which share one exchange.
    private func vendTogether(_ count: Int) async -> [Result<VendResult, VendingError>] {
        await withTaskGroup(of: Result<VendResult, VendingError>.self) { group in
            for number in 1...count {
                group.addTask { [broker, request] in
                    do throws(VendingError) {
                        return .success(try await broker.vend(request(number, false)))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            await exchangeGate.arrivals(1)
            exchangeGate.open()
            var results: [Result<VendResult, VendingError>] = []
            for await result in group { results.append(result) }
            return results
        }
    }

    @Test("records one vend for a session, however many requests share its exchange or hit the cache")
    func once() async throws {
        #expect(await vendTogether(20).count == 20)
        #expect(broker.cached(request(21)) != nil)
        _ = try await broker.vend(request(22))
        #expect(events.count == 1 && events[0].hasSuffix("vended") && exchange.calls == 1)
    }

    @Test("records each later use of a session as a hit if the configuration requests hits, also on the warm path")
    func hits() async throws {
        audit.hits.withLock { $0 = true }
        #expect(await vendTogether(3).count == 3)
        #expect(broker.cached(request(4)) != nil)
        #expect(events.count == 4 && events.last == "r4 hit")
        #expect(events.count { $0.hasSuffix("vended") } == 1)
    }

    @Test("records each session that is not shared")
    func visitors() async throws {
        exchangeGate.open()
        for number in 1...3 { _ = try await broker.vend(request(number, guest: true)) }
        #expect(events == ["r1 vended", "r2 vended", "r3 vended"])
    }

    @Test("records the session that replaces an expired one")
    func renewed() async throws {
        exchangeGate.open()
        _ = try await broker.vend(request(1))
        time.advance(3_600)
        _ = try? await broker.vend(request(2))
        #expect(events == ["r1 vended", "r2 vended"] && exchange.calls == 2)
    }

    @Test("with a required trail, returns a session only after its event is stored")
    func waits() async throws {
        audit.required.withLock { $0 = true }
        exchangeGate.open()
        let vend = Task { [broker, request] in try await broker.vend(request(1, false)) }
        await auditGate.arrivals(1)
        #expect(broker.cached(request(2)) == nil && events.isEmpty)
        auditGate.open()
        _ = try await vend.value
        #expect(broker.cached(request(3)) != nil && events == ["r1 vended"])
    }

    @Test("with a required trail, a failure concerns only its request: the next one records the cached session")
    func retries() async throws {
        audit.required.withLock { $0 = true }
        for gate in [exchangeGate, auditGate] { gate.open() }
        audit.fails.withLock { $0 = true }
        for number in 1...2 {
            await #expect { try await broker.vend(request(number)) } throws: {
                if case VendingError.auditFailed = $0 { true } else { false }
            }
            #expect(broker.cached(request(number)) == nil)
        }
        audit.fails.withLock { $0 = false }
        _ = try await broker.vend(request(3))
        #expect(broker.cached(request(4)) != nil)
        #expect(events == ["r1 auditFailed", "r2 auditFailed", "r3 vended"] && exchange.calls == 1)
    }

    @Test("with a required trail that records hits, the warm path leaves hits to the path that can wait")
    func requiredHits() async throws {
        audit.required.withLock { $0 = true }
        audit.hits.withLock { $0 = true }
        for gate in [exchangeGate, auditGate] { gate.open() }
        _ = try await broker.vend(request(1))
        #expect(broker.cached(request(2)) == nil)
        #expect(try await broker.vend(request(2)).hit)
        #expect(events == ["r1 vended", "r2 hit"])
        audit.fails.withLock { $0 = true }
        await #expect { try await broker.vend(request(3)) } throws: {
            if case VendingError.auditFailed = $0 { true } else { false }
        }
    }
}
