// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import NIOCore
import Observability
import Synchronization
import Testing
import Vending

@testable import Service

@Suite struct CredentialsServiceTests {
    private let harness: ServiceHarness

    init() throws { harness = try ServiceHarness() }

    private func problem(_ response: ServiceResponse) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(response.body.readableBytesView)) as? [String: Any])
    }

    private func bearer(_ token: String) -> HTTPFields { [.authorization: "Bearer \(token)"] }

    @Test("returns credentials in the native format for a valid token")
    func native() async throws {
        let response = await harness.service.respond(to: harness.request(headers: bearer("good")))
        #expect(response.status == .ok)
        #expect(response.headers[.contentType] == "application/json")
        #expect(response.headers[.cacheControl] == "no-store")
        #expect(response.headers[.contentLength] == String(response.body.readableBytes))
        #expect(
            String(buffer: response.body)
                == #"{"accessKeyId":"ASIAKEY","secretAccessKey":"s3cret/+=","sessionToken":"session//token==","expiration":"2027-01-15T09:00:00Z","appMonitor":{"id":"11111111-2222-3333-4444-555555555555","name":"Shop","region":"us-west-2","endpoint":"https://dataplane.rum.us-west-2.amazonaws.com"}}"#
        )
    }

    @Test(
        "each rejection has its status, code and header fields",
        arguments: [
            ("", 401, "missing_token", "Bearer"), ("Basic x", 401, "missing_token", "Bearer"),
            ("Bearer bad", 401, "invalid_token", #"Bearer error="invalid_token""#),
            ("Bearer ", 401, "invalid_token", #"Bearer error="invalid_token""#),
            ("Bearer stranger", 403, "not_authorized", nil), ("Bearer early", 503, "unavailable", nil),
        ] as [(String, Int, String, String?)])
    func refusals(authorization: String, status: Int, code: String, challenge: String?) async throws {
        let headers: HTTPFields = authorization.isEmpty ? [:] : [.authorization: authorization]
        let response = await harness.service.respond(to: harness.request(headers: headers))
        let body = try problem(response)
        #expect(response.status.code == status)
        #expect(response.headers[.contentType] == "application/problem+json")
        #expect(response.headers[.wwwAuthenticate] == challenge)
        #expect((response.headers[.retryAfter] != nil) == (status == 503))
        #expect(body["code"] as? String == code)
        #expect(body["status"] as? Int == status)
        #expect(body["requestId"] as? String == response.headers[.requestID])
        #expect(Set(body.keys) == ["type", "title", "status", "code", "requestId"])
    }

    @Test("rejects two Authorization fields as malformed, even if both are valid")
    func repeated() async throws {
        var headers = HTTPFields()
        headers.append(HTTPField(name: .authorization, value: "Bearer remembered-token"))
        headers.append(HTTPField(name: .authorization, value: "Bearer remembered-token"))
        let response = await harness.service.respond(to: harness.request(headers: headers))
        #expect(response.status == .badRequest)
        #expect(harness.service.recall(harness.request(headers: headers)) == nil)
    }

    @Test(
        "maps each AWS failure to 502, 503, 504 or 401",
        arguments: [
            (ExchangeError.Kind.refused, 502, "aws_refused", nil), (.throttled, 503, "unavailable", "9"),
            (.unavailable, 503, "unavailable", "9"), (.timedOut, 504, "aws_timeout", nil),
            (.tokenExpired, 401, "invalid_token", nil), (.noConnection, 503, "unavailable", "9"),
        ] as [(ExchangeError.Kind, Int, String, String?)])
    func exchangeFailures(kind: ExchangeError.Kind, status: Int, code: String, retryAfter: String?) async throws {
        harness.exchange.failure.withLock { $0 = ExchangeError(kind, "AccessDenied arn:aws:iam", retryAfter: 9) }
        let response = await harness.service.respond(to: harness.request(headers: bearer("good")))
        #expect(response.status.code == status)
        #expect(response.headers[.retryAfter] == retryAfter)
        #expect(try problem(response)["code"] as? String == code)
        #expect(!String(buffer: response.body).contains("AccessDenied"))
        harness.exchange.failure.withLock { $0 = nil }
        #expect(await harness.service.respond(to: harness.request(headers: bearer("good"))).status == .ok)
    }

    @Test("responds with 404 to unknown paths and apps, and with 405 and Allow to other methods")
    func routing() async throws {
        #expect(await harness.service.respond(to: harness.request("/nowhere")).status == .notFound)
        #expect(
            await harness.service.respond(to: harness.request("/v1/apps/other/credentials", headers: bearer("good")))
                .status
                == .notFound)
        #expect(
            await harness.service.respond(to: harness.request("/v1/apps/other/credentials", method: .options)).status
                == .notFound)
        for method: HTTPRequest.Method in [.post, .put, .delete, .head, .patch] {
            let response = await harness.service.respond(to: harness.request(method: method, headers: bearer("good")))
            #expect(response.status == .methodNotAllowed)
            #expect(response.headers[.allow] == "GET, OPTIONS")
        }
    }

    @Test("responds with 413 to a body over the limit and closes the connection")
    func tooLarge() async {
        let response = await harness.service.respond(to: harness.request(headers: bearer("good")), body: .tooLarge)
        #expect(response.status == .contentTooLarge)
        #expect(response.headers[.connection] == "close")
    }

    @Test(
        "allows CORS reads of every response, including errors, only for the app's origins",
        arguments: [
            ("https://shop.example.com", true), ("https://shop.example.com:444", false),
            ("http://shop.example.com", false),
            ("https://SHOP.example.com", false), ("https://evil.example", false), ("null", false),
        ])
    func cors(origin: String, allowed: Bool) async {
        for token in ["good", "bad"] {
            let response = await harness.service.respond(
                to: harness.request(headers: [.authorization: "Bearer \(token)", .origin: origin]))
            #expect(response.headers[.accessControlAllowOrigin] == (allowed ? origin : nil))
            #expect(response.headers[.vary] == "Origin")
        }
        let preflight = await harness.service.respond(
            to: harness.request(method: .options, headers: [.origin: origin, .accessControlRequestMethod: "GET"]))
        #expect(preflight.status == .noContent)
        #expect(preflight.headers[.accessControlAllowOrigin] == (allowed ? origin : nil))
        #expect((preflight.headers[.accessControlAllowHeaders]?.contains("authorization") ?? false) == allowed)
        #expect(preflight.headers[.accessControlMaxAge] == (allowed ? "7200" : nil))
    }

    @Test("the warm path returns the same response as the full path")
    func warm() async {
        let request = harness.request(headers: [
            .authorization: "Bearer remembered-token", .origin: "https://shop.example.com",
        ])
        #expect(harness.service.recall(request) == nil)
        let responded = await harness.service.respond(to: request)
        let warm = harness.service.recall(request)
        #expect(warm?.status == responded.status)
        #expect(warm?.body == responded.body)
        var (left, right) = (warm?.headers ?? [:], responded.headers)
        #expect(left[.requestID] != right[.requestID])
        left[.requestID] = nil
        right[.requestID] = nil
        #expect(left == right)
    }

    @Test("responds only to GET on the warm path, and with 405 to other methods even if the credentials are cached")
    func warmMethods() async {
        let fields = bearer("remembered-token")
        let get = harness.request(headers: fields)
        _ = await harness.service.respond(to: get)
        #expect(harness.service.recall(get) != nil)
        for method: HTTPRequest.Method in [.head, .post, .put, .delete, .patch, .options] {
            let request = harness.request(method: method, headers: fields)
            #expect(harness.service.recall(request) == nil, "\(method)")
            let status = await harness.service.respond(to: request).status
            #expect(status == (method == .options ? .noContent : .methodNotAllowed), "\(method)")
        }
    }

    @Test("parses a request once: log line and response have one request id, and the decision is kept")
    func parsedOnce() async throws {
        let parsed = harness.service.parse(harness.request(headers: bearer("remembered-token")))
        guard case .undecided(let undecided) = harness.service.recall(parsed) else {
            Issue.record("expected no cache hit")
            return
        }
        guard case .authorized? = undecided.decision else {
            Issue.record("expected an authorized decision")
            return
        }
        let response = await harness.service.respond(to: undecided)
        #expect(response.status == .ok && response.headers[.requestID] == parsed.requestID)
        #expect(try harness.log.lines().map { $0["requestId"] as? String } == [parsed.requestID])
    }

    @Test("counts each response by endpoint and code, including warm ones and those without an app")
    func counted() async {
        let warm = harness.request(headers: bearer("remembered-token"))
        _ = await harness.service.respond(to: warm)
        _ = harness.service.recall(warm)
        _ = await harness.service.respond(to: harness.request("/v1/apps/shop/guest-credentials"))
        _ = await harness.service.respond(to: harness.request(headers: bearer("bad")))
        _ = await harness.service.respond(to: harness.request("/v1/apps/other/credentials"))
        _ = harness.service.refuse(.malformedRequest)
        let counted = ResponseKind.allCases.filter { harness.counters[$0] > 0 }
        #expect(
            Dictionary(uniqueKeysWithValues: counted.map { ($0, harness.counters[$0]) }) == [
                ResponseKind(endpoint: .app(.credentials), code: nil): 2,
                ResponseKind(endpoint: .app(.guestCredentials), code: nil): 1,
                ResponseKind(endpoint: .app(.credentials), code: .invalidToken): 1,
                ResponseKind(endpoint: nil, code: .notFound): 1,
                ResponseKind(endpoint: nil, code: .malformedRequest): 1,
            ])
    }

    @Test("writes one log line per response, without token, secret or subject")
    func logged() async throws {
        _ = await harness.service.respond(to: harness.request(headers: bearer("remembered-token")))
        _ = await harness.service.respond(to: harness.request(headers: bearer("remembered-token")))
        _ = await harness.service.respond(to: harness.request(headers: bearer("bad-token-text")))
        _ = await harness.service.respond(
            to: harness.request("/v1/apps/secret-app-word/credentials", headers: bearer("good")))
        _ = harness.service.refuse(.headersTooLarge)
        let lines = try harness.log.lines()
        #expect(lines.map { $0["code"] as? String } == ["ok", "ok", "invalid_token", "not_found", "headers_too_large"])
        #expect(lines.map { $0["hit"] as? Bool } == [false, true, false, false, false])
        #expect(lines.map { $0["status"] as? Int } == [200, 200, 401, 404, 431])
        #expect(lines[2]["reason"] as? String == "signature_invalid")
        #expect(lines[2]["detail"] as? String == "detail for the operator")
        #expect(lines[0]["app"] as? String == "shop")
        #expect(Set(lines.compactMap { $0["requestId"] as? String }).count == 5)
        #expect(lines.allSatisfy { $0["durationMs"] is NSNumber })
        let text = "\(lines)"
        for secret in [
            "remembered-token", "bad-token-text", "s3cret", "session//token", "alice-subject", "secret-app-word",
        ] {
            #expect(!text.contains(secret), "the log contains \(secret)")
        }
    }

    @Test("returns credentials and errors in the container format, for a token with or without Bearer")
    func containers() async throws {
        let harness = try ServiceHarness()
        for value in ["good", "Bearer good", "remembered-token"] {
            let response = await harness.service.respond(
                to: harness.request("/v1/apps/shop/credentials/container", headers: [.authorization: value]))
            #expect(response.status == .ok && response.headers[.contentType] == "application/json")
            #expect(response.headers[.cacheControl] == "no-store")
            let body = String(buffer: response.body)
            let start =
                #"{"AccessKeyId":"ASIAKEY","Expiration":"2027-"#
            #expect(body.hasPrefix(start), "\(body)")
            #expect(body.hasSuffix(#""SecretAccessKey":"s3cret/+=","Token":"session//token=="}"#), "\(body)")
            #expect(response.headers[.contentLength] == String(response.body.readableBytes))
        }
        let guest = await harness.service.respond(to: harness.request("/v1/apps/shop/guest-credentials/container"))
        #expect(guest.status == .ok)
        for (headers, status, code) in [
            ([:], 401, "missing_token"), ([.authorization: "bad"], 401, "invalid_token"),
            ([.authorization: "Basic bad"], 401, "missing_token"),
            ([.authorization: "stranger"], 403, "not_authorized"),
        ] as [(HTTPFields, Int, String)] {
            let response = await harness.service.respond(
                to: harness.request("/v1/apps/shop/credentials/container", headers: headers))
            #expect(response.status.code == status && response.headers[.contentType] == "application/json")
            let title = try #require(ErrorCode(rawValue: code)).title
            #expect(String(buffer: response.body) == #"{"Code":"\#(code)","Message":"\#(title)"}"#)
        }
        let native = await harness.service.respond(to: harness.request(headers: [.authorization: "good"]))
        #expect(native.status == .unauthorized, "other endpoints require the scheme")
    }

    @Test("responds with 503 if the audit event can't be recorded, and logs the reason")
    func auditFailed() async throws {
        let harness = try ServiceHarness(audit: FullAuditTrail())
        let response = await harness.service.respond(
            to: harness.request(headers: [.authorization: "Bearer good"]))
        #expect(response.status == .serviceUnavailable && response.headers[.retryAfter] == "5")
        let line = try #require(try harness.log.lines().last)
        #expect(line["reason"] as? String == "audit_failed" && line["detail"] as? String == "no space")
    }
}

private struct FullAuditTrail: AuditTrail {
    let isRequired = true
    let recordsHits = false

    func record(_ event: AuditEvent) async throws(AuditError) { throw AuditError("no space") }
    func enqueue(_ event: AuditEvent) {}
    func recordRefusal(_ event: AuditEvent) {}
}
