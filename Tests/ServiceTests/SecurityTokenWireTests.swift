// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import NIOCore
import Synchronization
import Testing
import Vending

@testable import Service

@Suite struct SecurityTokenWireTests {
    private let harness: ServiceHarness

    init() throws { harness = try ServiceHarness() }

    private static let good = [
        "Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleArn": ServiceHarness.role,
        "RoleSessionName": "me", "WebIdentityToken": "good",
    ]

    private func send(
        _ changes: [String: String?] = [:], type: String? = "application/x-www-form-urlencoded; charset=utf-8"
    ) async -> ServiceResponse {
        var form: [String: String] = Self.good
        for (name, value) in changes { form[name] = value }
        let text = form.map { "\(Self.escaped($0))=\(Self.escaped($1))" }.joined(separator: "&")
        return await post(text, type: type)
    }

    private func post(
        _ body: String, type: String? = "application/x-www-form-urlencoded", path: String = "/v1/apps/shop/sts"
    ) async -> ServiceResponse {
        var request = harness.request(path, method: .post)
        request.headerFields[.contentType] = type
        return await harness.service.respond(to: request, body: .content(ByteBuffer(string: body)))
    }

    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    private func code(_ response: ServiceResponse) -> String? {
        String(buffer: response.body).firstMatch(of: #/<Code>(.*?)</Code>/#).map { String($0.1) }
    }

    @Test("returns credentials and session details in the STS format for a valid token")
    func good() async throws {
        let response = await send()
        #expect(response.status == .ok && response.headers[.contentType] == "text/xml")
        #expect(response.headers[.cacheControl] == "no-store")
        let id = try #require(response.headers[.requestID])
        #expect(
            String(buffer: response.body)
                == #"<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIAKEY</AccessKeyId><SecretAccessKey>s3cret/+=</SecretAccessKey><SessionToken>session//token==</SessionToken><Expiration>2027-01-15T09:00:00Z</Expiration></Credentials><SubjectFromWebIdentityToken>alice-subject</SubjectFromWebIdentityToken><Provider>https://idp</Provider><AssumedRoleUser><AssumedRoleId>AROAEXAMPLEID:name-of-the-session</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/RumSignedIn/name-of-the-session</Arn></AssumedRoleUser></AssumeRoleWithWebIdentityResult><ResponseMetadata><RequestId>\#(id)</RequestId></ResponseMetadata></AssumeRoleWithWebIdentityResponse>"#
        )
    }

    @Test("both wires share one cached session")
    func shared() async throws {
        _ = await harness.service.respond(to: harness.request(headers: [.authorization: "Bearer good"]))
        _ = await send()
        _ = await send(["DurationSeconds": "900"])
        #expect(harness.exchange.policies.withLock { $0.count } == 1)
        #expect(try harness.log.lines().map { $0["hit"] as? Bool } == [false, true, true])
    }

    @Test(
        "checks each parameter by AWS's rules",
        arguments: [
            (["Action": nil], 400, "MissingParameter"), (["Version": nil], 400, "MissingParameter"),
            (["RoleArn": nil], 400, "MissingParameter"), (["RoleSessionName": nil], 400, "MissingParameter"),
            (["WebIdentityToken": nil], 400, "MissingParameter"),
            (["Action": "AssumeRole"], 400, "InvalidAction"), (["Version": "2011-06-16"], 400, "InvalidAction"),
            (["RoleArn": "arn:aws"], 400, "ValidationError"),
            (["RoleArn": ServiceHarness.role + String(repeating: "x", count: 2_048)], 400, "ValidationError"),
            (["RoleArn": ServiceHarness.role + "2"], 403, "AccessDenied"),
            (["RoleArn": ServiceHarness.role + "\u{301}"], 403, "AccessDenied"),
            (["RoleSessionName": "x"], 400, "ValidationError"), (["RoleSessionName": "x y"], 400, "ValidationError"),
            (["RoleSessionName": String(repeating: "x", count: 65)], 400, "ValidationError"),
            (["WebIdentityToken": "x"], 400, "ValidationError"),
            (["WebIdentityToken": String(repeating: "x", count: 20_001)], 400, "ValidationError"),
            (["DurationSeconds": "899"], 400, "ValidationError"),
            (["DurationSeconds": "43201"], 400, "ValidationError"),
            (["DurationSeconds": "3601"], 400, "ValidationError"), (["DurationSeconds": "x"], 400, "ValidationError"),
            (["DurationSeconds": "-900"], 400, "ValidationError"),
            (["DurationSeconds": "99999999999999999999"], 400, "ValidationError"),
            (["Policy": ""], 400, "ValidationError"), (["Policy": "{"], 400, "MalformedPolicyDocument"),
            (["Policy": #"{"Statement":"☃"}"#], 400, "MalformedPolicyDocument"),
            (["Policy": String(repeating: " ", count: 2_049)], 400, "PackedPolicyTooLarge"),
            (["ProviderId": "www.amazon.com"], 400, "ValidationError"),
            (["PolicyArns.member.1.arn": "arn:aws:iam::aws:policy/X"], 400, "ValidationError"),
            (["Tags.member.1.Key": "x"], 400, "ValidationError"),
        ] as [([String: String?], Int, String)])
    func parameters(changes: [String: String?], status: Int, code: String) async {
        let response = await send(changes)
        #expect(response.status.code == status)
        #expect(self.code(response) == code)
        #expect(harness.exchange.policies.withLock { $0.isEmpty })
    }

    @Test(
        "reports each rejection as an STS error, and none with 401",
        arguments: [
            ("bad-token", 400, "InvalidIdentityToken"), ("expired-token", 400, "ExpiredTokenException"),
            ("stranger", 403, "AccessDenied"), ("early", 503, "ServiceUnavailable"),
        ])
    func refusals(token: String, status: Int, code: String) async {
        let response = await send(["WebIdentityToken": token])
        #expect(response.status.code == status && self.code(response) == code)
        #expect(response.headers[.contentType] == "text/xml" && response.headers[.wwwAuthenticate] == nil)
        #expect((response.headers[.retryAfter] != nil) == (status == 503))
    }

    @Test("compares the role only for verified users, so that others can't guess it")
    func roleIsNoOracle() async {
        for role in [ServiceHarness.role, ServiceHarness.role + "2"] {
            let response = await send(["WebIdentityToken": "bad-token", "RoleArn": role])
            #expect(code(response) == "InvalidIdentityToken")
        }
    }

    @Test(
        "maps AWS failures to errors that SDKs retry correctly",
        arguments: [
            (ExchangeError.Kind.refused, 403, "AccessDenied"), (.throttled, 400, "Throttling"),
            (.unavailable, 503, "ServiceUnavailable"), (.timedOut, 503, "ServiceUnavailable"),
            (.tokenExpired, 400, "ExpiredTokenException"), (.noConnection, 503, "ServiceUnavailable"),
        ] as [(ExchangeError.Kind, Int, String)])
    func exchangeFailures(kind: ExchangeError.Kind, status: Int, code: String) async throws {
        harness.exchange.failure.withLock { $0 = ExchangeError(kind, "detail of AWS", retryAfter: 9) }
        let response = await send()
        #expect(response.status.code == status && self.code(response) == code)
        #expect(!String(buffer: response.body).contains("detail of AWS"))
        let line = try #require(try harness.log.lines().last)
        #expect(line["status"] as? Int == status, "the log has the status of the response")
    }

    @Test(
        "accepts only valid forms without repeated parameters, and ignores the query",
        arguments: [
            ("Action=AssumeRoleWithWebIdentity&Action=AssumeRoleWithWebIdentity", "ValidationError"),
            ("Action=%zz", "ValidationError"), ("Action=%ff", "ValidationError"), ("Action", "ValidationError"),
            ("=x", "ValidationError"), ("", "MissingParameter"),
        ])
    func forms(body: String, code: String) async {
        #expect(self.code(await post(body)) == code)
        #expect(self.code(await post(body, path: "/v1/apps/shop/sts?Version=2011-06-15")) == code)
    }

    @Test("rejects other content types", arguments: [nil, "text/plain", "application/json", "multipart/form-data"])
    func types(type: String?) async {
        #expect(code(await send(type: type)) == "ValidationError")
    }

    @Test("reports other methods, unknown apps and oversized bodies in the STS format")
    func others() async {
        let get = await harness.service.respond(to: harness.request("/v1/apps/shop/sts"))
        #expect(get.status == .methodNotAllowed && get.headers[.allow] == "POST, OPTIONS")
        #expect(code(get) == "MethodNotAllowed")
        let other = await post("", path: "/v1/apps/other/sts")
        #expect(other.status == .notFound && code(other) == "NotFound")
        let large = await harness.service.respond(
            to: harness.request("/v1/apps/shop/sts", method: .post), body: .tooLarge)
        #expect(large.status == .contentTooLarge && code(large) == "RequestEntityTooLarge")
        #expect(harness.service.bodyLimit(of: harness.request("/v1/apps/shop/sts", method: .post)) == 64 << 10)
    }

    @Test("uses the cached session for a policy that restricts nothing, and a new one for each restricting policy")
    func policies() async {
        let unrestricted = #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#
        let restricting =
            #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"rum:*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}}"#
        #expect(await send(["Policy": unrestricted]).status == .ok)
        #expect(await send(["Policy": unrestricted]).status == .ok)
        #expect(await send(["Policy": restricting]).status == .ok)
        #expect(await send(["Policy": restricting]).status == .ok)
        #expect(await send().status == .ok)
        let narrowed =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"rum:PutRumEvents","Resource":"arn:aws:rum:us-west-2:123456789012:appmonitor/Shop","Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}]}"#
        let sessions = harness.exchange.policies.withLock { $0 }
        #expect(sessions.count == 3)
        #expect(sessions.dropFirst() == [narrowed, narrowed])
        #expect(!sessions[0].contains("Condition"))
        let disjoint = await send([
            "Policy": unrestricted.replacing("\"Resource\":\"*\"", with: #""Resource":"arn:aws:s3:::x""#)
        ])
        #expect(disjoint.status == .forbidden && code(disjoint) == "AccessDenied")
    }

    @Test("the log contains no value of a form")
    func logged() async throws {
        _ = await send(["WebIdentityToken": "bad-token-text", "RoleSessionName": "session-name-text"])
        _ = await send(["RoleArn": ServiceHarness.role + "role-text", "Policy": #"{"policy-text":1}"#])
        let text = "\(try harness.log.lines())"
        for secret in ["bad-token-text", "session-name-text", "role-text", "policy-text", "alice-subject"] {
            #expect(!text.contains(secret), "the log contains \(secret)")
        }
        #expect(text.contains("MalformedPolicyDocument"))
    }
}
