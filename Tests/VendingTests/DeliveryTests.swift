// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import Vending

@Suite struct DeliveryTests {
    private static let usersID = "11111111-2222-3333-4444-555555555555"
    private static let guestsID = "66666666-7777-8888-9999-000000000000"
    private let time = ManualTime()
    private let exchange: FakeExchange
    private let plane = FakeDataPlane()
    private let broker: Broker

    init() {
        exchange = FakeExchange(time)
        let time = time
        func app(_ name: String, users: Grant.DeliveryMode, guests: Grant.DeliveryMode) -> App {
            App(
                name: AppName(name)!, origins: [],
                signedIn: App.SignedIn(
                    grant: .test(app: name, monitor: "users", delivery: users), issuers: [Issuer("https://one")]),
                guest: .test(
                    app: name, audience: .guest, monitor: "guests", monitorID: Self.guestsID, delivery: guests))
        }
        broker = Broker(
            apps: [
                app("proxy", users: .proxy, guests: .proxy),
                app("credentials", users: .credentials, guests: .credentials),
                app("both", users: .both, guests: .both),
            ], cache: CredentialCache(limits: CacheLimits(), now: { time.now }, time: time.monotonic),
            ports: .test(time, exchange, audit: AuditRecord(), meter: CountingMeter(), dataPlane: plane))
    }

    private func request(
        _ app: String, _ token: String?, _ purpose: CredentialsRequest.Purpose = .vend(nil)
    ) -> CredentialsRequest {
        CredentialsRequest(
            app: AppName(app)!, audience: token.map { .signedIn(BearerToken($0)) } ?? .guest, purpose: purpose,
            requestID: "r")
    }

    /// The name of the error case, or `vended`.
    private func vend(
        _ app: String, _ token: String?, _ purpose: CredentialsRequest.Purpose = .vend(nil)
    ) async -> String {
        do throws(VendingError) {
            _ = try await broker.vend(request(app, token, purpose))
            return "vended"
        } catch {
            return String("\(error)".prefix { $0 != "(" })
        }
    }

    /// The name of the error case, or `forwarded`.
    private func forward(_ app: String, _ token: String?, _ monitor: String) async -> String {
        do throws(ForwardingError) {
            _ = try await broker.forward(
                Batch(body: [1], contentType: "application/json", isGzipped: false),
                request(app, token, .forward(monitorID: monitor)))
            return "forwarded"
        } catch {
            guard case .refused(let error) = error else { return "\(error)" }
            return String("\(error)".prefix { $0 != "(" })
        }
    }

    @Test("returns no credentials of a grant for the proxy, whatever the token, and makes no exchange")
    func proxyOnly() async {
        for token in ["https://one|alice", "forged", nil] {
            #expect(await vend("proxy", token) == "deliveryNotServed")
        }
        let requested = RequestedSession(
            roleARN: "arn:aws:iam::123456789012:role/Role", duration: nil, policy: nil)
        #expect(await vend("proxy", "https://one|alice", .vend(requested)) == "deliveryNotServed")
        #expect(exchange.calls == 0)
    }

    @Test("signs batches with the session of a grant for the proxy, and still returns none of its credentials")
    func proxySigns() async {
        #expect(await forward("proxy", "https://one|alice", Self.usersID) == "forwarded")
        #expect(await forward("proxy", nil, Self.guestsID) == "forwarded")
        #expect(plane.calls.count == 2 && exchange.calls == 2)
        // The sessions are cached now, and the verdict on the token too.
        #expect(broker.cached(request("proxy", "https://one|alice")) == nil)
        #expect(broker.cached(request("proxy", nil)) == nil)
        #expect(await vend("proxy", "https://one|alice") == "deliveryNotServed")
        #expect(await vend("proxy", nil) == "deliveryNotServed")
        #expect(exchange.calls == 2)
    }

    @Test("accepts no batch for a grant that is for credentials only, of users and of guests")
    func credentialsOnly() async {
        #expect(await vend("credentials", "https://one|alice") == "vended")
        #expect(await vend("credentials", nil) == "vended")
        for (token, monitor) in [("https://one|alice", Self.usersID), ("forged", Self.usersID), (nil, Self.guestsID)] {
            #expect(await forward("credentials", token, monitor) == "deliveryNotServed")
        }
        #expect(await forward("credentials", nil, Self.usersID) == "deliveryNotServed", "no token would help")
        // Before the body is read.
        await #expect(throws: VendingError.self) {
            try await broker.admit(request("credentials", nil, .forward(monitorID: Self.guestsID)))
        }
        #expect(plane.calls.isEmpty)
    }

    @Test("delivers in both ways by default")
    func both() async {
        #expect(Grant.test().delivery == .both)
        #expect(await vend("both", "https://one|alice") == "vended")
        #expect(await forward("both", "https://one|alice", Self.usersID) == "forwarded")
        #expect(await forward("both", nil, Self.usersID) == "tokenMissing")
    }

    @Test("refuses users' requests before their body is read if the grant is for the proxy or the app has no users")
    func refusalOfUsers() {
        func name(_ app: String) -> String { broker.refusalOfUsers(AppName(app)!).map { "\($0)" } ?? "none" }
        #expect(name("proxy") == "deliveryNotServed")
        #expect(name("nobody") == "audienceNotServed")
        #expect(name("both") == "none" && name("credentials") == "none")
    }
}
