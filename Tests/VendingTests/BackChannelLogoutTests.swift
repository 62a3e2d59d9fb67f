// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Vending

@Suite struct BackChannelLogoutTests {
    /// Identifies users by their subject; all tokens are issued at 500 s.
    private struct SessionVerifier: TokenVerifier {
        func recall(_ token: BearerToken, at now: Date) -> VerifiedIdentity? { identity(token) }
        func verifyAtOnce(_ token: BearerToken, at now: Date) -> VerifiedIdentity? { identity(token) }
        func verify(_ token: BearerToken, at now: Date) async -> VerifiedIdentity { identity(token) }

        /// A token is `SUBJECT` or `SUBJECT@SECONDS`.
        private func identity(_ token: BearerToken) -> VerifiedIdentity {
            let parts = token.rawValue.split(separator: "@")
            return VerifiedIdentity(
                issuer: Issuer("https://one"), subject: Subject(String(parts[0])), expiration: .distantFuture,
                session: TokenSession(
                    issuedAt: parts.count > 1 ? Double(parts[1]) ?? 0 : 500, user: key(String(parts[0])), session: nil))
        }
    }

    /// A logout token is the user's name, with a number that identifies it.
    private struct PlainLogouts: LogoutTokenVerifier {
        func verify(_ token: String, at now: Date) async throws(LogoutError) -> LogoutRecord {
            let parts = token.split(separator: "#")
            guard parts.count == 2 else { throw .tokenRefused(TokenError(.signatureInvalid, "no")) }
            return LogoutRecord(
                identifier: LogoutKey(UInt64(parts[1]) ?? 0), issuedAt: 1_000, user: key(String(parts[0])), session: nil
            )
        }
    }

    private final class MemoryStore: LogoutStore {
        let records = Mutex<[LogoutRecord]>([])
        let fails = Mutex(false)

        func store(_ record: LogoutRecord) async throws(LogoutError) {
            if fails.withLock({ $0 }) { throw .invalid(.notStored, "no space") }
            records.withLock { $0.append(record) }
        }
    }

    private static func key(_ user: String) -> LogoutKey {
        LogoutKey(user.utf8.reduce(17) { $0 &* 31 &+ UInt64($1) })
    }

    private let time = ManualTime()
    private let list = LogoutList()
    private let store = MemoryStore()
    private let cache: CredentialCache
    private let exchange: FakeExchange
    private let plane = FakeDataPlane()
    private let gate = Gate()
    private let logout: BackChannelLogout
    private let address = ClientAddress("192.0.2.1")
    private let limits: RequestLimits

    init() {
        let time = time
        cache = CredentialCache(limits: CacheLimits(), now: { time.now }, time: time.monotonic)
        exchange = FakeExchange(time)
        var rates = RequestLimits.Rates()
        rates.failures = 1
        limits = RequestLimits(rates, clock: time.monotonic)
        logout = BackChannelLogout(
            verifiers: ["login": PlainLogouts()], list: list, store: store, cache: cache, limits: limits,
            now: { time.now })
    }

    private func broker(_ exchange: FakeExchange) -> Broker {
        let (time, ports) = (
            time,
            Broker.Ports.test(
                time, exchange, audit: AuditRecord(), meter: CountingMeter(), dataPlane: plane)
        )
        return Broker(
            apps: [
                App(
                    name: AppName("shop")!, origins: [],
                    signedIn: App.SignedIn(grant: .test(), issuers: [Issuer("https://one")]), guest: nil)
            ], cache: cache, logouts: list,
            ports: Broker.Ports(
                verifier: SessionVerifier(), exchange: exchange, pseudonyms: ports.pseudonyms, audit: ports.audit,
                meter: ports.meter, encode: ports.encode, dataPlane: plane, batches: ports.batches,
                now: { time.now }, visitor: { "visitor" }))
    }

    private func request(_ token: String) -> CredentialsRequest {
        CredentialsRequest(app: AppName("shop")!, audience: .signedIn(BearerToken(token)), requestID: "r")
    }

    private func reason(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch VendingError.tokenRefused(let error) {
            return error.reason.rawValue
        } catch LogoutError.invalid(let reason, _) {
            return reason.rawValue
        } catch LogoutError.tokenRefused(let error) {
            return error.reason.rawValue
        } catch LogoutError.rateLimited {
            return "rate"
        } catch {
            return "\(error)"
        }
    }

    @Test("evicts the user's credentials and refuses their tokens on the warm and the full path, and nobody else's")
    func effect() async throws {
        let broker = broker(exchange)
        for user in ["alice", "bob"] { _ = try await broker.vend(request(user)) }
        try await logout.receive("alice#1", for: "login", from: address)
        #expect(cache.count == 1)
        #expect(broker.cached(request("alice")) == nil)
        #expect(await reason { _ = try await broker.vend(request("alice")) } == "logged_out")
        #expect(broker.cached(request("bob")) != nil)
        #expect(exchange.calls == 2)
        _ = try await broker.vend(request("alice@1001"))
        #expect(exchange.calls == 3)
        #expect(store.records.withLock { $0.count } == 1)
    }

    @Test("refuses a user who is logged out while their exchange is in flight, and does not cache its credentials")
    func inFlight() async throws {
        let broker = broker(FakeExchange(time, gate: gate))
        let vend = Task { try await broker.vend(request("alice")) }
        await gate.arrivals(1)
        try await logout.receive("alice#1", for: "login", from: address)
        gate.open()
        #expect(await reason { _ = try await vend.value } == "logged_out")
        #expect(cache.count == 0)
    }

    @Test("a logout that can't be stored is in effect, is an error, and can be sent again")
    func notStored() async throws {
        let broker = broker(exchange)
        store.fails.withLock { $0 = true }
        let send = { try await logout.receive("alice#1", for: "login", from: address) }
        #expect(await reason(send) == "logout_not_stored")
        #expect(await reason { _ = try await broker.vend(request("alice")) } == "logged_out")
        store.fails.withLock { $0 = false }
        try await send()
        #expect(await reason(send) == "logout_replayed")
    }

    @Test("rejected logout tokens count against the client's rate of failures, and errors of Purser do not")
    func failureRate() async {
        store.fails.withLock { $0 = true }
        for number in 0..<20 {
            #expect(
                await reason { try await logout.receive("alice#\(number)", for: "login", from: address) }
                    == "logout_not_stored")
        }
        var reasons: Set<String?> = []
        for _ in 0..<20 {
            reasons.insert(await reason { try await logout.receive("forged", for: "login", from: address) })
        }
        #expect(reasons == ["signature_invalid", "rate"])
        #expect(await reason { try logout.admit(address) } == "rate")
        #expect(await reason { try logout.admit(ClientAddress("192.0.2.2")) } == nil)
    }

    @Test("serves exactly the names of its issuers")
    func names() {
        #expect(logout.serves("login") && !logout.serves("Login") && !logout.serves(""))
    }
}
