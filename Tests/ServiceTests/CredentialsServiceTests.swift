import Foundation
import HTTPTypes
import NIOCore
import Observability
import Synchronization
import Testing
import Vending

@testable import Service

@Suite struct CredentialsServiceTests {
    private let stage: ServiceHarness

    init() throws { stage = try ServiceHarness() }

    private func problem(_ answer: ServiceResponse) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(answer.body.readableBytesView)) as? [String: Any])
    }

    private func bearer(_ token: String) -> HTTPFields { [.authorization: "Bearer \(token)"] }

    @Test("a good token gets the native answer")
    func native() async throws {
        let answer = await stage.service.respond(to: stage.request(headers: bearer("good")))
        #expect(answer.status == .ok)
        #expect(answer.headers[.contentType] == "application/json")
        #expect(answer.headers[.cacheControl] == "no-store")
        #expect(answer.headers[.contentLength] == String(answer.body.readableBytes))
        #expect(
            String(buffer: answer.body)
                == #"{"accessKeyId":"ASIAKEY","secretAccessKey":"s3cret/+=","sessionToken":"session//token==","expiration":"2027-01-15T09:00:00Z","appMonitor":{"id":"11111111-2222-3333-4444-555555555555","name":"Shop","region":"us-west-2","endpoint":"https://dataplane.rum.us-west-2.amazonaws.com"}}"#
        )
    }

    @Test(
        "each refusal has its status, code and header fields",
        arguments: [
            ("", 401, "missing_token", "Bearer"), ("Basic x", 401, "missing_token", "Bearer"),
            ("Bearer bad", 401, "invalid_token", #"Bearer error="invalid_token""#),
            ("Bearer ", 401, "invalid_token", #"Bearer error="invalid_token""#),
            ("Bearer stranger", 403, "not_authorized", nil), ("Bearer early", 503, "unavailable", nil),
        ] as [(String, Int, String, String?)])
    func refusals(authorization: String, status: Int, code: String, challenge: String?) async throws {
        let headers: HTTPFields = authorization.isEmpty ? [:] : [.authorization: authorization]
        let answer = await stage.service.respond(to: stage.request(headers: headers))
        let body = try problem(answer)
        #expect(answer.status.code == status)
        #expect(answer.headers[.contentType] == "application/problem+json")
        #expect(answer.headers[.wwwAuthenticate] == challenge)
        #expect((answer.headers[.retryAfter] != nil) == (status == 503))
        #expect(body["code"] as? String == code)
        #expect(body["status"] as? Int == status)
        #expect(body["requestId"] as? String == answer.headers[.requestID])
        #expect(Set(body.keys) == ["type", "title", "status", "code", "requestId"])
    }

    @Test("two Authorization fields are a malformed request, even if both are good")
    func repeated() async throws {
        var headers = HTTPFields()
        headers.append(HTTPField(name: .authorization, value: "Bearer remembered-token"))
        headers.append(HTTPField(name: .authorization, value: "Bearer remembered-token"))
        let answer = await stage.service.respond(to: stage.request(headers: headers))
        #expect(answer.status == .badRequest)
        #expect(stage.service.recall(stage.request(headers: headers)) == nil)
    }

    @Test(
        "what AWS said decides between 502, 503, 504 and 401",
        arguments: [
            (ExchangeError.Kind.refused, 502, "aws_refused", nil), (.throttled, 503, "unavailable", "9"),
            (.unavailable, 503, "unavailable", "9"), (.timedOut, 504, "aws_timeout", nil),
            (.tokenExpired, 401, "invalid_token", nil),
        ] as [(ExchangeError.Kind, Int, String, String?)])
    func exchangeFailures(kind: ExchangeError.Kind, status: Int, code: String, retryAfter: String?) async throws {
        stage.exchange.failure.withLock { $0 = ExchangeError(kind, "AccessDenied arn:aws:iam", retryAfter: 9) }
        let answer = await stage.service.respond(to: stage.request(headers: bearer("good")))
        #expect(answer.status.code == status)
        #expect(answer.headers[.retryAfter] == retryAfter)
        #expect(try problem(answer)["code"] as? String == code)
        #expect(!String(buffer: answer.body).contains("AccessDenied"))
        stage.exchange.failure.withLock { $0 = nil }
        #expect(await stage.service.respond(to: stage.request(headers: bearer("good"))).status == .ok)
    }

    @Test("unknown paths and apps are 404, wrong methods 405 with what is allowed")
    func routing() async throws {
        #expect(await stage.service.respond(to: stage.request("/nowhere")).status == .notFound)
        #expect(
            await stage.service.respond(to: stage.request("/v1/apps/other/credentials", headers: bearer("good"))).status
                == .notFound)
        #expect(
            await stage.service.respond(to: stage.request("/v1/apps/other/credentials", method: .options)).status
                == .notFound)
        for method: HTTPRequest.Method in [.post, .put, .delete, .head, .patch] {
            let answer = await stage.service.respond(to: stage.request(method: method, headers: bearer("good")))
            #expect(answer.status == .methodNotAllowed)
            #expect(answer.headers[.allow] == "GET, OPTIONS")
        }
    }

    @Test("a body over the limit is 413 and ends the connection")
    func tooLarge() async {
        let answer = await stage.service.respond(to: stage.request(headers: bearer("good")), body: .tooLarge)
        #expect(answer.status == .contentTooLarge)
        #expect(answer.headers[.connection] == "close")
    }

    @Test(
        "the app's own pages may read every answer, errors too; others none",
        arguments: [
            ("https://shop.example.com", true), ("https://shop.example.com:444", false),
            ("http://shop.example.com", false),
            ("https://SHOP.example.com", false), ("https://evil.example", false), ("null", false),
        ])
    func cors(origin: String, allowed: Bool) async {
        for token in ["good", "bad"] {
            let answer = await stage.service.respond(
                to: stage.request(headers: [.authorization: "Bearer \(token)", .origin: origin]))
            #expect(answer.headers[.accessControlAllowOrigin] == (allowed ? origin : nil))
            #expect(answer.headers[.vary] == "Origin")
        }
        let preflight = await stage.service.respond(
            to: stage.request(method: .options, headers: [.origin: origin, .accessControlRequestMethod: "GET"]))
        #expect(preflight.status == .noContent)
        #expect(preflight.headers[.accessControlAllowOrigin] == (allowed ? origin : nil))
        #expect((preflight.headers[.accessControlAllowHeaders]?.contains("authorization") ?? false) == allowed)
        #expect(preflight.headers[.accessControlMaxAge] == (allowed ? "7200" : nil))
    }

    @Test("a warm request gets at once what the full way would say")
    func warm() async {
        let request = stage.request(headers: [
            .authorization: "Bearer remembered-token", .origin: "https://shop.example.com",
        ])
        #expect(stage.service.recall(request) == nil)
        let full = await stage.service.respond(to: request)
        let warm = stage.service.recall(request)
        #expect(warm?.status == full.status)
        #expect(warm?.body == full.body)
        var (left, right) = (warm?.headers ?? [:], full.headers)
        #expect(left[.requestID] != right[.requestID])
        left[.requestID] = nil
        right[.requestID] = nil
        #expect(left == right)
    }

    @Test("answers only GET from the warm path, and every other method with 405 although the credentials are cached")
    func warmMethods() async {
        let fields = bearer("remembered-token")
        let get = stage.request(headers: fields)
        _ = await stage.service.respond(to: get)
        #expect(stage.service.recall(get) != nil)
        for method: HTTPRequest.Method in [.head, .post, .put, .delete, .patch, .options] {
            let request = stage.request(method: method, headers: fields)
            #expect(stage.service.recall(request) == nil, "\(method)")
            let status = await stage.service.respond(to: request).status
            #expect(status == (method == .options ? .noContent : .methodNotAllowed), "\(method)")
        }
    }

    @Test("parses a request once: log line, response and audit event have one request id, and the decision goes along")
    func parsedOnce() async throws {
        let parsed = stage.service.parse(stage.request(headers: bearer("remembered-token")))
        guard case .undecided(let undecided) = stage.service.recall(parsed) else {
            Issue.record("the cache is empty")
            return
        }
        guard case .authorized? = undecided.decision else {
            Issue.record("the token is remembered")
            return
        }
        let response = await stage.service.respond(to: undecided)
        #expect(response.status == .ok && response.headers[.requestID] == parsed.requestID)
        #expect(try stage.log.lines().map { $0["requestId"] as? String } == [parsed.requestID])
    }

    @Test("each answer is counted by endpoint and code, the warm ones and those without an app too")
    func counted() async {
        let warm = stage.request(headers: bearer("remembered-token"))
        _ = await stage.service.respond(to: warm)
        _ = stage.service.recall(warm)
        _ = await stage.service.respond(to: stage.request("/v1/apps/shop/guest-credentials"))
        _ = await stage.service.respond(to: stage.request(headers: bearer("bad")))
        _ = await stage.service.respond(to: stage.request("/v1/apps/other/credentials"))
        _ = stage.service.refuse(.malformedRequest)
        let counted = ResponseKind.allCases.filter { stage.counters[$0] > 0 }
        #expect(
            Dictionary(uniqueKeysWithValues: counted.map { ($0, stage.counters[$0]) }) == [
                ResponseKind(endpoint: .app(.credentials), code: nil): 2,
                ResponseKind(endpoint: .app(.guestCredentials), code: nil): 1,
                ResponseKind(endpoint: .app(.credentials), code: .invalidToken): 1,
                ResponseKind(endpoint: nil, code: .notFound): 1,
                ResponseKind(endpoint: nil, code: .malformedRequest): 1,
            ])
    }

    @Test("one log line an answered request, without token, secret or subject")
    func logged() async throws {
        _ = await stage.service.respond(to: stage.request(headers: bearer("remembered-token")))
        _ = await stage.service.respond(to: stage.request(headers: bearer("remembered-token")))
        _ = await stage.service.respond(to: stage.request(headers: bearer("bad-token-text")))
        _ = await stage.service.respond(
            to: stage.request("/v1/apps/secret-app-word/credentials", headers: bearer("good")))
        _ = stage.service.refuse(.headersTooLarge)
        let lines = try stage.log.lines()
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
            #expect(!text.contains(secret), "the log holds \(secret)")
        }
    }

    @Test("containers are answered in their form, with a token alone or after Bearer, and so are their errors")
    func containers() async throws {
        let stage = try ServiceHarness()
        for value in ["good", "Bearer good", "remembered-token"] {
            let answer = await stage.service.respond(
                to: stage.request("/v1/apps/shop/credentials/container", headers: [.authorization: value]))
            #expect(answer.status == .ok && answer.headers[.contentType] == "application/json")
            #expect(answer.headers[.cacheControl] == "no-store")
            let body = String(buffer: answer.body)
            let start =
                #"{"AccessKeyId":"ASIAKEY","Expiration":"2027-"#
            #expect(body.hasPrefix(start), "\(body)")
            #expect(body.hasSuffix(#""SecretAccessKey":"s3cret/+=","Token":"session//token=="}"#), "\(body)")
            #expect(answer.headers[.contentLength] == String(answer.body.readableBytes))
        }
        let guest = await stage.service.respond(to: stage.request("/v1/apps/shop/guest-credentials/container"))
        #expect(guest.status == .ok)
        for (headers, status, code) in [
            ([:], 401, "missing_token"), ([.authorization: "bad"], 401, "invalid_token"),
            ([.authorization: "Basic bad"], 401, "missing_token"),
            ([.authorization: "stranger"], 403, "not_authorized"),
        ] as [(HTTPFields, Int, String)] {
            let answer = await stage.service.respond(
                to: stage.request("/v1/apps/shop/credentials/container", headers: headers))
            #expect(answer.status.code == status && answer.headers[.contentType] == "application/json")
            let title = try #require(ErrorCode(rawValue: code)).title
            #expect(String(buffer: answer.body) == #"{"Code":"\#(code)","Message":"\#(title)"}"#)
        }
        let native = await stage.service.respond(to: stage.request(headers: [.authorization: "good"]))
        #expect(native.status == .unauthorized, "elsewhere the scheme is needed")
    }

    @Test("what can't be recorded is a 503, and the log says why")
    func auditFailed() async throws {
        let stage = try ServiceHarness(audit: NoSpace())
        let answer = await stage.service.respond(
            to: stage.request(headers: [.authorization: "Bearer good"]))
        #expect(answer.status == .serviceUnavailable && answer.headers[.retryAfter] == "5")
        let line = try #require(try stage.log.lines().last)
        #expect(line["reason"] as? String == "audit_failed" && line["detail"] as? String == "no space")
    }
}

private struct NoSpace: AuditTrail {
    func describe(
        _ credentials: TemporaryCredentials, _ grant: Grant, _ issuer: Issuer?, _ subject: AuditSubject?
    ) -> [UInt8] { [] }

    func record(_ event: AuditEvent) throws(AuditError) { throw AuditError("no space") }
}
