// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import NIOCore
import Synchronization
import Testing
import Vending

@testable import Service

@Suite struct SigningProxyTests {
    private let harness: ServiceHarness

    init() throws { harness = try ServiceHarness() }

    private func send(
        _ body: RequestBody = .content(ByteBuffer(string: "{}")), to id: String = ServiceHarness.guestsID,
        app: String = "shop", method: HTTPRequest.Method = .post, fields: HTTPFields = [:]
    ) async -> ServiceResponse {
        var fields = fields
        if !fields.contains(.contentType) { fields[.contentType] = "application/json" }
        return await harness.service.respond(
            to: harness.request("/v1/apps/\(app)/appmonitors/\(id)", method: method, headers: fields), body: body)
    }

    private func code(_ response: ServiceResponse) throws -> String? {
        let document = try JSONSerialization.jsonObject(with: Data(response.body.readableBytesView)) as? [String: Any]
        #expect(document?["status"] as? Int == response.status.code)
        return document?["code"] as? String
    }

    @Test("forwards a batch byte for byte, and returns the data plane's response")
    func passes() async throws {
        let body = ByteBuffer(bytes: [0x1F, 0x8B, 0, 255])
        let response = await send(
            .content(body), fields: [.contentEncoding: "gzip", .origin: "https://shop.example.com"])
        #expect(response.status == .ok && String(buffer: response.body) == "{}")
        #expect(response.headers[.amazonRequestID] == "aws-request-1")
        #expect(response.headers[.accessControlAllowOrigin] == "https://shop.example.com")
        let (batch, monitor, credentials) = try #require(harness.plane.batches.withLock { $0.first })
        #expect(batch.body == [0x1F, 0x8B, 0, 255] && batch.isGzipped && batch.contentType == "application/json")
        #expect(monitor.id == ServiceHarness.guestsID)
        #expect(credentials.secretAccessKey == "s3cret/+=" && credentials.sessionToken == "session//token==")
    }

    @Test(
        "responds to rejected requests with 401, their code and a challenge, because 403 and 404 disable the client",
        arguments: [
            (ServiceHarness.guestsID, "shop", "Bearer good", "not_found"),
            (ServiceHarness.usersID, "shop", "", "missing_token"),
            ("another", "shop", "", "not_found"), (ServiceHarness.guestsID, "nobodys", "", "not_found"),
            (ServiceHarness.usersID, "shop", "Bearer stranger", "not_authorized"),
            (ServiceHarness.usersID, "shop", "Bearer bad", "invalid_token"),
            (ServiceHarness.guestsID, "shop", "Bearer bad", "invalid_token"),
            (ServiceHarness.guestsID, "shop", "Bearer ", "invalid_token"),
            (ServiceHarness.guestsID, "shop", "Basic x", "missing_token"),
        ])
    func refusals(id: String, app: String, authorization: String, expected: String) async throws {
        let response = await send(
            to: id, app: app, fields: authorization.isEmpty ? [:] : [.authorization: authorization])
        #expect(response.status == .unauthorized)
        #expect(response.headers[.wwwAuthenticate]?.hasPrefix("Bearer") == true)
        #expect(try code(response) == expected)
        #expect(harness.plane.batches.withLock { $0.isEmpty })
    }

    @Test("rejects two Authorization fields as malformed")
    func repeated() async throws {
        var fields = HTTPFields()
        for _ in 0..<2 { fields.append(HTTPField(name: .authorization, value: "Bearer good")) }
        #expect(await send(fields: fields).status == .badRequest)
    }

    @Test(
        "accepts only the RUM client's content types and encodings, in any case",
        arguments: [
            ("application/json", nil, true), ("text/plain;charset=UTF-8", nil, true),
            ("text/plain; charset=\"utf-8\"", nil, true), ("Application/JSON", "GZIP", true),
            ("text/plain", "gzip", true), ("text/html", nil, false), ("application/json;charset=utf-16", nil, false),
            ("application/json;charset=utf-8;x=y", nil, false), ("application/json", "br", false),
            ("application/json", "gzip, gzip", false), ("application/json", "identity", false),
            ("application/x-amz-json-1.0", nil, false), ("", nil, false), (";", nil, false),
        ] as [(String, String?, Bool)])
    func contentTypes(type: String, encoding: String?, isAccepted: Bool) async throws {
        var fields: HTTPFields = [.contentType: type]
        fields[.contentEncoding] = encoding
        let response = await send(fields: fields)
        #expect(response.status == (isAccepted ? .ok : .badRequest))
        #expect(harness.plane.batches.withLock { $0.first?.batch.contentType } == (isAccepted ? type : nil))
    }

    @Test("rejects a batch with two Content-Encoding fields, even if both say gzip")
    func repeatedContentEncoding() async throws {
        for values in [["gzip", "gzip"], ["gzip", "br"], ["", "gzip"]] {
            var fields = HTTPFields()
            for value in values { fields.append(HTTPField(name: .contentEncoding, value: value)) }
            #expect(await send(fields: fields).status == .badRequest, "\(values)")
        }
        #expect(harness.plane.batches.withLock { $0.isEmpty })
    }

    @Test("forwards only well-formed trace fields of the other header fields")
    func traces() async throws {
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        for (name, value, isKept) in [
            ("traceparent", parent, true), ("traceparent", parent.uppercased(), false),
            ("traceparent", parent + "-00", false), ("traceparent", "ff" + parent.dropFirst(2), false),
            ("x-amzn-trace-id", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1", true),
            ("x-amzn-trace-id", "a b", false), ("x-amzn-trace-id", String(repeating: "a", count: 257), false),
            ("cookie", "id=1", false), ("x-forwarded-for", "192.0.2.1", false), ("referer", "https://x.test", false),
        ] {
            harness.plane.batches.withLock { $0 = [] }
            let field = try #require(HTTPField.Name(name))
            #expect(await send(fields: [field: value]).status == .ok)
            let trace = harness.plane.batches.withLock { $0.first?.batch.trace.map(\.value) }
            #expect(trace == (isKept ? [value] : []), "\(name): \(value)")
        }
    }

    @Test(
        "passes on the data plane's 429 and 5xx, and responds with 502 to rejections and with 504 to time-outs",
        arguments: [
            (.throttled, 429, "too_many_requests"), (.rateLimited, 429, "too_many_requests"),
            (.failed(status: 500), 500, "unavailable"), (.failed(status: 503), 503, "unavailable"),
            (.unavailable, 503, "unavailable"), (.refused, 502, "aws_refused"),
            (.credentialsRejected, 502, "aws_refused"), (.timedOut, 504, "aws_timeout"),
            (.noConnection, 503, "unavailable"),
        ] as [(DeliveryError.Kind, Int, String)])
    func failures(kind: DeliveryError.Kind, status: Int, expected: String) async throws {
        harness.plane.failure.withLock { $0 = DeliveryError(kind, "AccessDeniedException (HTTP 403)", retryAfter: 7) }
        let response = await send()
        #expect(response.status.code == status)
        #expect(try code(response) == expected)
        #expect(response.headers[.retryAfter] == ([429, 500, 503].contains(status) ? "7" : nil))
        let line = try #require(try harness.log.lines().first)
        #expect(line["status"] as? Int == status && line["detail"] as? String == "AccessDeniedException (HTTP 403)")
        #expect((line["reason"] as? String)?.hasPrefix("delivery_") == true)
    }

    @Test("distinguishes an empty body, an oversized one and one that exceeds the body budget")
    func bodies() async throws {
        #expect(await send(.none).status == .badRequest)
        let large = await send(.tooLarge)
        #expect(large.status == .contentTooLarge && large.headers[.connection] == "close")
        let unread = await send(.noRoom)
        #expect(unread.status == .tooManyRequests && unread.headers[.connection] == "close")
        #expect(unread.headers[.retryAfter] == "1")
    }

    @Test("allows only POST, and reads only its body")
    func methods() async {
        let response = await send(method: .get)
        #expect(response.status == .methodNotAllowed && response.headers[.allow] == "POST, OPTIONS")
        let path = "/v1/apps/shop/appmonitors/\(ServiceHarness.guestsID)"
        #expect(harness.service.bodyLimit(of: harness.request(path, method: .post)) == 1 << 20)
        #expect(harness.service.bodyLimit(of: harness.request(path, method: .options)) == nil)
        #expect(harness.service.bodyLimit(of: harness.request(method: .post)) == nil)
    }

    @Test("allows the client's header fields and a page's custom fields by name in a preflight")
    func preflight() async {
        func allowed(_ requested: String, origin: String = "https://shop.example.com") async -> [String]? {
            let response = await send(
                .none, method: .options, fields: [.origin: origin, .accessControlRequestHeaders: requested])
            #expect(response.status == .noContent)
            #expect(
                response.headers[.accessControlAllowMethods] == (origin.hasSuffix("shop.example.com") ? "POST" : nil))
            return response.headers[.accessControlAllowHeaders]?.split(separator: ",").map {
                $0.trimmingCharacters(in: .whitespaces)
            }
        }
        let standard = await allowed("authorization,content-encoding,content-type") ?? []
        #expect(Set(["authorization", "content-encoding", "content-type", "x-amzn-trace-id"]).isSubset(of: standard))
        let custom = await allowed("X-Tenant, x-b_c ,accept,x-,x-b;d,x-\(String(repeating: "a", count: 70))") ?? []
        #expect(Set(custom).subtracting(standard) == ["x-tenant", "x-b_c"])
        let many = await allowed((0..<40).map { "x-\($0)" }.joined(separator: ",")) ?? []
        #expect(many.count == standard.count + 16)
        #expect(await allowed("x-tenant", origin: "https://evil.test") == nil)
    }

    @Test("the log contains nothing of a batch or a token")
    func log() async throws {
        _ = await send(
            .content(ByteBuffer(string: "the-batch")), to: "the-id", fields: [.authorization: "Bearer the-token"])
        _ = await send(.content(ByteBuffer(string: "the-batch")), fields: [.contentType: "the/type"])
        let lines = try harness.log.lines()
        #expect(lines.count == 2)
        for line in lines {
            #expect(!"\(line)".contains("the-") && !"\(line)".contains("the/"))
        }
    }
}
