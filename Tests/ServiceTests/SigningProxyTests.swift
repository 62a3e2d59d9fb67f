import Foundation
import HTTPTypes
import NIOCore
import Synchronization
import Testing
import Vending

@testable import Service

@Suite struct SigningProxyTests {
    private let stage: ServiceHarness

    init() throws { stage = try ServiceHarness() }

    private func send(
        _ body: RequestBody = .content(ByteBuffer(string: "{}")), to id: String = ServiceHarness.guestsID,
        app: String = "shop", method: HTTPRequest.Method = .post, fields: HTTPFields = [:]
    ) async -> ServiceResponse {
        var fields = fields
        if !fields.contains(.contentType) { fields[.contentType] = "application/json" }
        return await stage.service.respond(
            to: stage.request("/v1/apps/\(app)/appmonitors/\(id)", method: method, headers: fields), body: body)
    }

    private func code(_ answer: ServiceResponse) throws -> String? {
        let document = try JSONSerialization.jsonObject(with: Data(answer.body.readableBytesView)) as? [String: Any]
        #expect(document?["status"] as? Int == answer.status.code)
        return document?["code"] as? String
    }

    @Test("a batch goes on byte for byte, and the data plane's answer comes back")
    func passes() async throws {
        let body = ByteBuffer(bytes: [0x1F, 0x8B, 0, 255])
        let answer = await send(
            .content(body), fields: [.contentEncoding: "gzip", .origin: "https://shop.example.com"])
        #expect(answer.status == .ok && String(buffer: answer.body) == "{}")
        #expect(answer.headers[.amazonRequestID] == "aws-request-1")
        #expect(answer.headers[.accessControlAllowOrigin] == "https://shop.example.com")
        let (batch, monitor, credentials) = try #require(stage.plane.batches.withLock { $0.first })
        #expect(batch.body == [0x1F, 0x8B, 0, 255] && batch.isGzipped && batch.contentType == "application/json")
        #expect(monitor.id == ServiceHarness.guestsID)
        #expect(credentials.secretAccessKey == "s3cret/+=" && credentials.sessionToken == "session//token==")
    }

    @Test(
        "whatever is wrong with who asks for what is 401 with its code and a challenge, since 403 and 404 end the client",
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
        let answer = await send(to: id, app: app, fields: authorization.isEmpty ? [:] : [.authorization: authorization])
        #expect(answer.status == .unauthorized)
        #expect(answer.headers[.wwwAuthenticate]?.hasPrefix("Bearer") == true)
        #expect(try code(answer) == expected)
        #expect(stage.plane.batches.withLock { $0.isEmpty })
    }

    @Test("two Authorization fields are a malformed request")
    func repeated() async throws {
        var fields = HTTPFields()
        for _ in 0..<2 { fields.append(HTTPField(name: .authorization, value: "Bearer good")) }
        #expect(await send(fields: fields).status == .badRequest)
    }

    @Test(
        "content types and encodings are those of the client, in any spelling",
        arguments: [
            ("application/json", nil, true), ("text/plain;charset=UTF-8", nil, true),
            ("text/plain; charset=\"utf-8\"", nil, true), ("Application/JSON", "GZIP", true),
            ("text/plain", "gzip", true), ("text/html", nil, false), ("application/json;charset=utf-16", nil, false),
            ("application/json;charset=utf-8;x=y", nil, false), ("application/json", "br", false),
            ("application/json", "gzip, gzip", false), ("application/json", "identity", false),
            ("application/x-amz-json-1.0", nil, false), ("", nil, false), (";", nil, false),
        ] as [(String, String?, Bool)])
    func contentTypes(type: String, encoding: String?, isTaken: Bool) async throws {
        var fields: HTTPFields = [.contentType: type]
        fields[.contentEncoding] = encoding
        let answer = await send(fields: fields)
        #expect(answer.status == (isTaken ? .ok : .badRequest))
        #expect(stage.plane.batches.withLock { $0.first?.batch.contentType } == (isTaken ? type : nil))
    }

    @Test("rejects a batch with two Content-Encoding fields, even if both say gzip")
    func repeatedContentEncoding() async throws {
        for values in [["gzip", "gzip"], ["gzip", "br"], ["", "gzip"]] {
            var fields = HTTPFields()
            for value in values { fields.append(HTTPField(name: .contentEncoding, value: value)) }
            #expect(await send(fields: fields).status == .badRequest, "\(values)")
        }
        #expect(stage.plane.batches.withLock { $0.isEmpty })
    }

    @Test("of the other fields only well-formed trace fields go on")
    func traces() async throws {
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        for (name, value, isKept) in [
            ("traceparent", parent, true), ("traceparent", parent.uppercased(), false),
            ("traceparent", parent + "-00", false), ("traceparent", "ff" + parent.dropFirst(2), false),
            ("x-amzn-trace-id", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1", true),
            ("x-amzn-trace-id", "a b", false), ("x-amzn-trace-id", String(repeating: "a", count: 257), false),
            ("cookie", "id=1", false), ("x-forwarded-for", "192.0.2.1", false), ("referer", "https://x.test", false),
        ] {
            stage.plane.batches.withLock { $0 = [] }
            let field = try #require(HTTPField.Name(name))
            #expect(await send(fields: [field: value]).status == .ok)
            let trace = stage.plane.batches.withLock { $0.first?.batch.trace.map(\.value) }
            #expect(trace == (isKept ? [value] : []), "\(name): \(value)")
        }
    }

    @Test(
        "the data plane's failures: its own 429 and 5xx are passed on, its refusals are 502, silence is 504",
        arguments: [
            (.throttled, 429, "too_many_requests"), (.turnedAway, 429, "too_many_requests"),
            (.failed(status: 500), 500, "unavailable"), (.failed(status: 503), 503, "unavailable"),
            (.unavailable, 503, "unavailable"), (.refused, 502, "aws_refused"),
            (.credentialsRejected, 502, "aws_refused"), (.timedOut, 504, "aws_timeout"),
        ] as [(DeliveryError.Kind, Int, String)])
    func failures(kind: DeliveryError.Kind, status: Int, expected: String) async throws {
        stage.plane.failure.withLock { $0 = DeliveryError(kind, "AccessDeniedException (HTTP 403)", retryAfter: 7) }
        let answer = await send()
        #expect(answer.status.code == status)
        #expect(try code(answer) == expected)
        #expect(answer.headers[.retryAfter] == ([429, 500, 503].contains(status) ? "7" : nil))
        let line = try #require(try stage.log.lines().first)
        #expect(line["status"] as? Int == status && line["detail"] as? String == "AccessDeniedException (HTTP 403)")
        #expect((line["reason"] as? String)?.hasPrefix("delivery_") == true)
    }

    @Test("an empty, a too large and an unread body are told apart")
    func bodies() async throws {
        #expect(await send(.none).status == .badRequest)
        let large = await send(.tooLarge)
        #expect(large.status == .contentTooLarge && large.headers[.connection] == "close")
        let unread = await send(.noRoom)
        #expect(unread.status == .tooManyRequests && unread.headers[.connection] == "close")
        #expect(unread.headers[.retryAfter] == "1")
    }

    @Test("only POST is known, and only its body is read")
    func methods() async {
        let answer = await send(method: .get)
        #expect(answer.status == .methodNotAllowed && answer.headers[.allow] == "POST, OPTIONS")
        let path = "/v1/apps/shop/appmonitors/\(ServiceHarness.guestsID)"
        #expect(stage.service.bodyLimit(of: stage.request(path, method: .post)) == 1 << 20)
        #expect(stage.service.bodyLimit(of: stage.request(path, method: .options)) == nil)
        #expect(stage.service.bodyLimit(of: stage.request(method: .post)) == nil)
    }

    @Test("a preflight allows what the client sends, and header fields of the page's own by name")
    func preflight() async {
        func allowed(_ asked: String, origin: String = "https://shop.example.com") async -> [String]? {
            let answer = await send(
                .none, method: .options, fields: [.origin: origin, .accessControlRequestHeaders: asked])
            #expect(answer.status == .noContent)
            #expect(answer.headers[.accessControlAllowMethods] == (origin.hasSuffix("shop.example.com") ? "POST" : nil))
            return answer.headers[.accessControlAllowHeaders]?.split(separator: ",").map {
                $0.trimmingCharacters(in: .whitespaces)
            }
        }
        let usual = await allowed("authorization,content-encoding,content-type") ?? []
        #expect(Set(["authorization", "content-encoding", "content-type", "x-amzn-trace-id"]).isSubset(of: usual))
        let own = await allowed("X-Tenant, x-b_c ,accept,x-,x-b;d,x-\(String(repeating: "a", count: 70))") ?? []
        #expect(Set(own).subtracting(usual) == ["x-tenant", "x-b_c"])
        let many = await allowed((0..<40).map { "x-\($0)" }.joined(separator: ",")) ?? []
        #expect(many.count == usual.count + 16)
        #expect(await allowed("x-tenant", origin: "https://evil.test") == nil)
    }

    @Test("nothing of a batch or a token is in the log")
    func log() async throws {
        _ = await send(
            .content(ByteBuffer(string: "the-batch")), to: "the-id", fields: [.authorization: "Bearer the-token"])
        _ = await send(.content(ByteBuffer(string: "the-batch")), fields: [.contentType: "the/type"])
        for line in try stage.log.lines() {
            #expect(!"\(line)".contains("the-") && !"\(line)".contains("the/"))
        }
    }
}

@Suite struct BodyBudgetTests {
    @Test("room is taken whole or not at all, and comes back")
    func room() {
        let budget = BodyBudget(bytes: 100)
        #expect(budget.take(60) && !budget.take(41) && budget.take(40) && !budget.take(1))
        budget.giveBack(60)
        #expect(budget.available == 60 && budget.take(60))
    }
}
