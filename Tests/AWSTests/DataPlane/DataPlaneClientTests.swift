// SPDX-License-Identifier: Apache-2.0

import Foundation
import Outbound
import TestSupport
import Testing
import Vending

@testable import AWS

@Suite struct DataPlaneClientTests {
    private static let id = "aa17a42c-e737-48f7-adaf-2e0905f48073"
    private static let credentials = TemporaryCredentials(
        accessKeyID: "ASIASESSION", secretAccessKey: Fixture.secret, sessionToken: "session/token==",
        expiration: Fixture.now + 3_600)
    private let clock = ManualClock()

    private func outcome(
        _ script: [ScriptedTransport.Reply], gzipped: Bool = false, trace: [(name: String, value: String)] = [],
        endpoint: String = "https://dataplane.rum.us-east-1.amazonaws.com", guarding: EndpointGuard? = nil,
        _ inspect: (ScriptedTransport) throws -> Void = { _ in },
        checking check: (Batch) throws(BatchError) -> Void = { _ in }
    ) async throws -> Result<Delivery, DeliveryError> {
        let transport = ScriptedTransport(script, clock: clock)
        let client = DataPlaneClient(
            transport: transport, endpointGuard: guarding ?? .fixture(clock), timeout: .seconds(8),
            now: { Fixture.now })
        let monitor = AppMonitor(
            name: "Shop", id: Self.id, region: "us-east-1", account: "123456789012", partition: "aws",
            endpoint: endpoint)
        let batch = Batch(
            body: Array("{\"BatchId\":1}".utf8), contentType: "application/json", isGzipped: gzipped, trace: trace)
        let outcome: Result<Delivery, DeliveryError>
        do throws(DeliveryError) {
            outcome = .success(
                try await client.put(batch, to: monitor, for: .user(), with: Self.credentials, checking: check))
        } catch {
            outcome = .failure(error)
        }
        try inspect(transport)
        return outcome
    }

    private func failure(_ outcome: Result<Delivery, DeliveryError>) throws -> DeliveryError {
        guard case .failure(let failure) = outcome else { throw DeliveryError(.refused, "expected an error") }
        return failure
    }

    @Test("sends one signed POST to the monitor and returns the response's body and request id")
    func request() async throws {
        let answer = ScriptedTransport.Reply.answer(200, "{}", headers: [("x-amzn-RequestId", "id-1")])
        let trace = (name: "x-amzn-trace-id", value: "Root=1")
        let outcome = try await outcome([answer], gzipped: true, trace: [trace]) { transport in
            let request = try #require(transport.requests.first)
            #expect(transport.requests.count == 1 && request.method == .post)
            #expect(request.url == "https://dataplane.rum.us-east-1.amazonaws.com/appmonitors/\(Self.id)")
            #expect(
                request.headers.map { $0.name.lowercased() }.sorted() == [
                    "authorization", "content-encoding", "content-type", "host", "x-amz-content-sha256", "x-amz-date",
                    "x-amz-security-token", "x-amzn-trace-id",
                ])
            let authorization = try #require(request.headers.first { $0.name == "Authorization" }?.value)
            #expect(
                authorization.contains(
                    "SignedHeaders=content-encoding;content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token,"
                ))
            #expect(transport.timeouts == [.seconds(8)])
        }
        #expect(try outcome.get().body == Array("{}".utf8))
        #expect(try outcome.get().requestID == "id-1")
    }

    @Test("keeps the path of a custom endpoint")
    func prefix() async throws {
        _ = try await outcome([.answer(200, "", headers: [])], endpoint: "http://127.0.0.1:9/prefix") { transport in
            #expect(transport.requests.first?.url == "http://127.0.0.1:9/prefix/appmonitors/\(Self.id)")
        }
    }

    @Test(
        "maps each data plane error to its kind, and sends no batch twice",
        arguments: [
            (403, "AccessDeniedException", .refused), (404, "ResourceNotFoundException", .refused),
            (400, "ValidationException", .refused), (301, "", .refused), (302, "", .refused),
            (403, "ExpiredTokenException", .credentialsRejected), (403, "InvalidClientTokenId", .credentialsRejected),
            (403, "UnrecognizedClientException", .credentialsRejected), (429, "ThrottlingException", .throttled),
            (429, "", .throttled), (500, "InternalServerException", .failed(status: 500)),
            (503, "", .failed(status: 503)), (403, "SignatureDoesNotMatch", .refused),
        ] as [(Int, String, DeliveryError.Kind)])
    func answers(status: Int, code: String, kind: DeliveryError.Kind) async throws {
        let body = #"{"message":"the message, which quotes the caller"}"#
        let headers = [(name: "x-amzn-errortype", value: code), (name: "x-amzn-requestid", value: "id-2")]
        let failure = try failure(
            await outcome([.answer(status, body, headers: headers)]) { #expect($0.requests.count == 1) })
        #expect(failure.kind == kind)
        #expect(failure.detail.contains("id-2") && !failure.detail.contains("quotes"))
    }

    @Test(
        "passes on a well-formed Retry-After",
        arguments: [
            ("7", 7), ("0", 1), ("3600", 3_600), ("3601", nil), ("-1", nil), ("7.5", nil), ("soon", nil),
            ("Fri, 02 Jan 2026 03:04:25 GMT", 20), ("Fri, 02 Jan 2026 03:00:00 GMT", 1), ("99999999999999999999", nil),
        ] as [(String, Int?)])
    func retryAfter(value: String, seconds: Int?) async throws {
        let failure = try failure(await outcome([.answer(429, "", headers: [("Retry-After", value)])]))
        #expect(failure.retryAfter == seconds)
    }

    @Test("distinguishes failed connections, time-outs and oversized responses, and sends no batch twice")
    func transport() async throws {
        for (reply, kind) in [
            (.fail(.connection("connection refused")), .unavailable), (.silence, .timedOut),
            (.fail(.tooLarge(limit: 1)), .unavailable), (.fail(.cancelled), .unavailable),
            (.fail(.noConnection), .noConnection),
        ] as [(ScriptedTransport.Reply, DeliveryError.Kind)] {
            let failure = try failure(await outcome([reply]) { #expect($0.requests.count == 1) })
            #expect(failure.kind == kind)
        }
    }

    @Test("signs a batch again, once, after a clock-skew error")
    func skew() async throws {
        let skewed = ScriptedTransport.Reply.answer(
            403, "",
            headers: [
                ("x-amzn-errortype", "RequestExpired"), ("date", "Fri, 02 Jan 2026 04:04:05 GMT"),
            ])
        let outcome = try await outcome([skewed, .answer(200, "", headers: [])]) { transport in
            let dates = transport.requests.map { $0.headers.first { $0.name == "X-Amz-Date" }?.value }
            #expect(dates == ["20260102T030405Z", "20260102T040405Z"])
        }
        #expect(throws: Never.self) { try outcome.get() }
    }

    @Test("rejects a batch that would wait longer than a second for the rate limit, with the time to retry")
    func quota() async throws {
        let limiter = RateLimiter(limits: .init(ceiling: 0.5), clock: MonotonicTime(clock))
        let guarding = EndpointGuard(limiter: limiter, breaker: CircuitBreaker(clock: MonotonicTime(clock)))
        _ = try await outcome([.answer(200, "", headers: [])], guarding: guarding)
        let failure = try failure(
            await outcome([.answer(200, "", headers: [])], guarding: guarding) { #expect($0.requests.isEmpty) })
        #expect(failure.kind == .rateLimited)
        #expect((2...4).contains(failure.retryAfter ?? 0))
    }

    @Test("checks a batch after its wait for the rate limit, and does not send a batch that fails the check")
    func check() async throws {
        let limiter = RateLimiter(limits: .init(ceiling: 0.5), clock: MonotonicTime(clock))
        let breaker = CircuitBreaker(clock: MonotonicTime(clock))
        let guarding = EndpointGuard(limiter: limiter, breaker: breaker)
        var checks = 0
        func outcome() async throws -> DeliveryError {
            try failure(
                await self.outcome([.answer(500, "", headers: [])], guarding: guarding) {
                    #expect($0.requests.isEmpty)
                } checking: { _ throws(BatchError) in
                    checks += 1
                    throw BatchError("not the user's")
                })
        }
        let refused = try await outcome()
        #expect(refused.kind == .batchRefused && refused.detail == "not the user's" && checks == 1)
        // The refused batch has used the turn, so the next one is rejected unread.
        #expect(try await outcome().kind == .rateLimited && checks == 1)
        for _ in 0..<30 {
            clock.advance(by: .seconds(2))
            #expect(try await outcome().kind == .batchRefused)
        }
        #expect(!breaker.isOpen)
    }

    @Test("checks a batch once, even if it is signed again after a clock-skew error")
    func checkedOnce() async throws {
        let skewed = ScriptedTransport.Reply.answer(
            403, "",
            headers: [
                ("x-amzn-errortype", "RequestExpired"), ("date", "Fri, 02 Jan 2026 04:04:05 GMT"),
            ])
        var checks = 0
        let outcome = try await outcome([skewed, .answer(200, "", headers: [])]) {
            #expect($0.requests.count == 2)
        } checking: { _ throws(BatchError) in
            checks += 1
        }
        #expect(throws: Never.self) { try outcome.get() }
        #expect(checks == 1)
    }
}
