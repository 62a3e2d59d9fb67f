// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import AWS

@Suite struct STSErrorResponseTests {
    static let names =
        (try? FileManager.default.contentsOfDirectory(
            atPath: Vectors.directory.appendingPathComponent("aws/error-responses").path))?
        .filter { $0.hasPrefix("sts-") || $0.hasPrefix("html-") }.sorted() ?? []

    @Test("finds all 19 STS and HTML error vectors")
    func count() { #expect(Self.names.count == 19) }

    @Test("decodes code, message, request id and retryability of an STS error vector", arguments: names)
    func vector(name: String) throws {
        let vector = try ErrorVector(name)
        let error = STSErrorResponse(status: vector.status, body: Array(vector.body.utf8))
        #expect(error.code == vector.code)
        if name.hasPrefix("sts-") {
            #expect(error.message == vector.message)
            #expect(error.requestID == "f9dc6495-9462-47ce-8b0e-b385f24ee61c")
        }
        let verdict = error.verdict(signed: vector.operation == "AssumeRole")
        #expect(vector.allowed.contains(verdict), "\(verdict)")
        // AWS's message can name users, so it is never logged.
        #expect(error.message.isEmpty || !error.detail.contains(error.message))
        #expect(error.detail.contains(vector.code))
    }

    @Test("ExpiredToken means the broker's credentials in a signed call and the user's token in an unsigned one")
    func expiredToken() {
        let error = STSErrorResponse(status: 403, body: Self.body("ExpiredToken", "expired"))
        #expect(error.verdict(signed: true) == .signerExpired)
        #expect(error.verdict(signed: false) == .tokenExpired)
    }

    @Test("distinguishes the three kinds of InvalidIdentityToken")
    func invalidIdentityToken() throws {
        func verdict(_ name: String) throws -> AttemptError.Kind {
            let vector = try ErrorVector(name)
            return STSErrorResponse(status: vector.status, body: Array(vector.body.utf8)).verdict(signed: false)
        }
        #expect(try verdict("sts-invalid-identity-token-keys.json") == .transientOnce)
        #expect(try verdict("sts-invalid-identity-token-audience.json") == .refused)
        #expect(try verdict("sts-invalid-identity-token-no-provider.json") == .refused)
    }

    @Test(
        "classifies responses that are not AWS's by their status",
        arguments: [
            (400, AttemptError.Kind.refused), (403, .refused), (404, .refused), (408, .transient),
            (429, .throttled), (500, .transient), (502, .transient), (503, .transient), (302, .transient),
        ])
    func foreignBody(status: Int, verdict: AttemptError.Kind) {
        for body in ["", "<html><body>no</body></html>", "{\"message\":\"no\"}", "<ErrorResponse><Error>"] {
            let error = STSErrorResponse(status: status, body: Array(body.utf8))
            #expect(error.verdict(signed: true) == verdict)
            #expect(error.code == String(status))
        }
    }

    @Test("refuses an unknown code with a 4xx status and retries it with a 5xx status")
    func unknownCode() {
        #expect(STSErrorResponse(status: 400, body: Self.body("NewCode", "x")).verdict(signed: true) == .refused)
        #expect(STSErrorResponse(status: 500, body: Self.body("NewCode", "x")).verdict(signed: true) == .transient)
    }

    @Test("keeps malformed codes and request ids out of the detail")
    func strangeCode() {
        let long = String(repeating: "a", count: 65)
        for code in ["arn:aws:sts::1:assumed-role/R/alice", "a b", "eyJ\u{1}", long, ""] {
            let error = STSErrorResponse(status: 400, body: Self.body(code, "m"))
            #expect(error.code == "400")
            #expect(code.isEmpty || !error.detail.contains(code))
        }
    }

    static func body(_ code: String, _ message: String, request: String = "r-1") -> [UInt8] {
        Array(
            "<ErrorResponse><Error><Code>\(code)</Code><Message>\(message)</Message></Error><RequestId>\(request)</RequestId></ErrorResponse>"
                .utf8)
    }
}

private struct ErrorVector {
    let operation: String
    let status: Int
    let body: String
    let code: String
    let message: String
    let allowed: Set<AttemptError.Kind>

    init(_ name: String) throws {
        let object = try JSONSerialization.jsonObject(with: Vectors.data("aws/error-responses/\(name)"))
        let file = try #require(object as? [String: Any])
        let expect = try #require(file["expect"] as? [String: Any])
        operation = try #require(file["operation"] as? String)
        status = try #require(file["status"] as? Int)
        body = try #require(file["body"] as? String)
        code = try #require(expect["code"] as? String)
        message = try #require(expect["message"] as? String)
        allowed =
            switch expect["retryable"] {
            case "limited" as String: [.refused, .transientOnce]
            case "refresh-credentials-once" as String: [.signerExpired]
            case "after-clock-correction" as String: [.clockSkewed]
            case let flag as Bool: flag ? [.throttled, .transient, .providerFailed] : [.refused, .tokenExpired]
            default: []
            }
    }
}
