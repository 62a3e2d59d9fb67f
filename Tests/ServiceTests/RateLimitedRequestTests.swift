// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import NIOCore
import Observability
import Synchronization
import TestSupport
import Testing
import Vending

@testable import Service

@Suite struct RateLimitedRequestTests {
    private let client = ClientAddress("192.0.2.7")

    private func harness(clients: Int = 1_000_000, users: Int = 1_000_000, failures: Int = 1_000_000) throws
        -> ServiceHarness
    {
        var rates = RequestLimits.Rates()
        (rates.clients, rates.users, rates.failures) = (clients, users, failures)
        return try ServiceHarness(rates: rates)
    }

    private func spend(_ harness: ServiceHarness, _ count: Int) {
        for _ in 0..<count { _ = harness.service.parse(harness.request(), from: client) }
    }

    private let origin: HTTPFields = [.origin: "https://shop.example.com"]

    @Test("answers 429 with Retry-After, readable by pages, for every resource and file, before anything else")
    func everywhere() async throws {
        let harness = try harness(clients: 1)
        spend(harness, 5)
        let paths = [
            "/v1/apps/shop/credentials", "/v1/apps/shop/guest-credentials", "/v1/apps/shop/credentials/container",
            "/v1/apps/none/credentials", "/elsewhere", "/openapi.json",
        ]
        for path in paths {
            let response = try #require(harness.service.recall(harness.request(path, headers: origin), from: client))
            #expect(response.status == .tooManyRequests && response.headers[.retryAfter] == "1", "\(path)")
            let other = await harness.service.respond(to: harness.request(path, headers: origin), from: client)
            #expect(other.status == .tooManyRequests)
        }
        let response = try #require(harness.service.recall(harness.request(headers: origin), from: client))
        #expect(response.headers[.accessControlAllowOrigin] == "https://shop.example.com")
        #expect(response.headers[.accessControlExposeHeaders]?.contains("Retry-After") == true)
        #expect(try harness.log.lines().last?["reason"] as? String == "client_rate")
        #expect(harness.exchange.policies.withLock { $0.isEmpty })
    }

    @Test("answers preflight requests over the limit, on the warm path")
    func preflight() throws {
        let harness = try harness(clients: 1)
        spend(harness, 50)
        var headers = origin
        headers[.accessControlRequestMethod] = "GET"
        let response = harness.service.recall(harness.request(method: .options, headers: headers), from: client)
        #expect(response?.status == .noContent)
        let plain = harness.service.recall(harness.request(method: .options, headers: origin), from: client)
        #expect(plain?.status == .tooManyRequests)
    }

    @Test("answers a façade call over the limit as STS does")
    func securityTokens() async throws {
        let harness = try harness(clients: 1)
        spend(harness, 5)
        let head = harness.request("/v1/apps/shop/sts", method: .post, headers: [.contentLength: "5"])
        let refused = await harness.service.refusal(of: harness.service.parse(head, from: client))
        #expect(refused?.status == .badRequest && refused?.headers[.retryAfter] == "1")
        #expect(refused.map { String(buffer: $0.body).contains("<Code>Throttling</Code>") } == true)
    }

    @Test("limits a user's warm requests on the warm path")
    func users() async throws {
        let harness = try harness(users: 1)
        let head = harness.request(headers: [.authorization: "Bearer remembered-token"])
        #expect(await harness.service.respond(to: head).status == .ok)
        for _ in 0..<4 { #expect(harness.service.recall(head)?.status == .ok) }
        #expect(harness.service.recall(head)?.status == .tooManyRequests)
        #expect(try harness.log.lines().last?["reason"] as? String == "user_rate")
        harness.time.advance(1)
        #expect(harness.service.recall(head)?.status == .ok)
    }

    @Test("limits rejected tokens by address, and answers so without verifying")
    func failures() async throws {
        let harness = try harness(failures: 1)
        let head = harness.request(headers: [.authorization: "Bearer junk"])
        for _ in 0..<5 { #expect(await harness.service.respond(to: head, from: client).status == .unauthorized) }
        #expect(harness.service.recall(head, from: client)?.status == .tooManyRequests)
        #expect(await harness.service.respond(to: head, from: client).status == .tooManyRequests)
        #expect(await harness.service.respond(to: head, from: ClientAddress("192.0.2.8")).status == .unauthorized)
    }

    @Test("of a flood of limited requests, logs some and counts the others by reason; every other response is logged")
    func sampled() async throws {
        let harness = try harness(clients: 1)
        spend(harness, 5)
        for _ in 0..<600 { _ = harness.service.recall(harness.request(), from: client) }
        for _ in 0..<5 { _ = await harness.service.respond(to: harness.request("/unknown")) }
        harness.accessLog.recordOmitted()
        harness.accessLog.recordOmitted()
        let lines = try harness.log.lines()
        let limited = lines.count { $0["reason"] as? String == "client_rate" }
        #expect((500..<600).contains(limited) && lines.count { $0["status"] as? Int == 404 } == 5)
        let omitted = lines.filter { $0["message"] as? String == "answers not logged" }
        #expect(omitted.count == 1 && omitted.first?["count"] as? Int == 600 - limited)
        #expect(omitted.first?["byReason"] as? [String: Int] == ["client_rate": 600 - limited])
        #expect(harness.counters[ResponseKind(endpoint: .app(.credentials), code: .tooManyRequests)] == 600)
    }

    @Test("counts no other client's requests")
    func separate() throws {
        let harness = try harness(clients: 1)
        spend(harness, 5)
        #expect(harness.service.recall(harness.request(), from: client) != nil)
        #expect(harness.service.recall(harness.request(), from: ClientAddress("192.0.2.8")) == nil)
        #expect(harness.service.recall(harness.request(), from: nil) == nil)
    }

    @Test("log lines name the client by a keyed hash, and by the address only where that is wanted")
    func names() async throws {
        for showsAddresses in [false, true] {
            let harness = try ServiceHarness(showsAddresses: showsAddresses)
            _ = await harness.service.respond(to: harness.request(), from: client)
            _ = await harness.service.respond(to: harness.request("/openapi.json"), from: client)
            for line in try harness.log.lines() {
                #expect(line["clientAddress"] as? String == (showsAddresses ? "192.0.2.7" : nil))
                #expect(line["clientHash"] as? String == (showsAddresses ? nil : "hash of 7"))
            }
        }
    }

    @Test("admits no body for unknown apps and monitors, for invalid tokens, or over a limit")
    func bodies() async throws {
        let harness = try harness(clients: 3)
        func refusal(_ path: String, _ token: String? = nil) async -> HTTPResponse.Status? {
            var headers: HTTPFields = [.contentLength: "10", .contentType: "application/json"]
            headers[.authorization] = token.map { "Bearer \($0)" }
            let request = harness.service.parse(
                harness.request(path, method: .post, headers: headers), from: client)
            if request.bodyLimit == nil { return .notFound }
            return await harness.service.refusal(of: request)?.status
        }
        let monitors = "/v1/apps/shop/appmonitors"
        #expect(await refusal("\(monitors)/\(ServiceHarness.guestsID)") == nil)
        #expect(await refusal("\(monitors)/\(ServiceHarness.usersID)", "good") == nil)
        #expect(await refusal("\(monitors)/\(ServiceHarness.usersID)", "junk") == .unauthorized)
        #expect(await refusal("\(monitors)/\(ServiceHarness.usersID)") == .unauthorized)
        #expect(await refusal("\(monitors)/unknown") == .unauthorized)
        #expect(await refusal("/v1/apps/none/appmonitors/x") == .notFound)
        #expect(await refusal("/v1/apps/none/sts") == .notFound)
        #expect(await refusal("/v1/apps/shop/sts") == nil)
        spend(harness, 15)
        #expect(await refusal("\(monitors)/\(ServiceHarness.guestsID)") == .tooManyRequests)
    }
}
