// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Sandbox

@Suite("Parsing of presented signatures")
struct PresentedSignatureTests {
    static let scope = "AKIDEXAMPLE/20260102/us-west-2/rum/aws4_request"
    static let signature = String(repeating: "a", count: 64)

    static func request(
        authorization: [String] = [], query: String = "", headers: [(name: String, value: String)] = []
    ) -> SignedRequest {
        SignedRequest(
            method: "POST", target: "/?\(query)",
            headers: [("Host", "h"), ("X-Amz-Date", "20260102T030405Z")] + headers
                + authorization.map { ("Authorization", $0) },
            body: [])
    }

    static func authorization(
        algorithm: String = "AWS4-HMAC-SHA256", scope: String = scope, headers: String = "host;x-amz-date",
        signature: String = signature
    ) -> String {
        "\(algorithm) Credential=\(scope), SignedHeaders=\(headers), Signature=\(signature)"
    }

    static func query(
        scope: String = scope, date: String = "20260102T030405Z", expires: String = "60", headers: String = "host"
    ) -> String {
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=\(scope)&X-Amz-Date=\(date)&X-Amz-Expires=\(expires)"
            + "&X-Amz-SignedHeaders=\(headers)&X-Amz-Signature=\(signature)"
    }

    @Test("parses a signature in header form and in query form")
    func parses() throws {
        let header = try PresentedSignature(of: Self.request(authorization: [Self.authorization()]))
        #expect(header.scope.accessKeyID == "AKIDEXAMPLE")
        #expect(header.signedHeaders == ["host", "x-amz-date"])
        #expect(header.sessionToken == nil)
        let query = try PresentedSignature(
            of: Self.request(query: Self.query() + "&X-Amz-Security-Token=a%2Bb&x=y"))
        #expect(query.sessionToken == "a+b")
        guard case .query(seconds: 60) = query.form else {
            Issue.record("not the query form")
            return
        }
    }

    @Test("reports a missing signature")
    func missing() {
        #expect(throws: SignatureError.missing) { try PresentedSignature(of: Self.request(query: "a=b")) }
    }

    static let malformedHeaders = [
        "", "Bearer x", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 ", authorization(algorithm: "AWS4-HMAC-SHA512"),
        authorization(scope: "AKIDEXAMPLE"), authorization(scope: "AKIDEXAMPLE/20260102/us-west-2/rum/aws5_request"),
        authorization(scope: "/20260102/us-west-2/rum/aws4_request"),
        authorization(scope: "AKIDEXAMPLE/20260103/us-west-2/rum/aws4_request"),
        authorization(scope: scope + "/more"), authorization(headers: ""), authorization(headers: "x-amz-date"),
        authorization(headers: "x-amz-date;host"), authorization(headers: "Host;x-amz-date"),
        authorization(headers: "host;host;x-amz-date"), authorization(headers: "host"), authorization(signature: "a"),
        authorization() + ", Signature=\(signature)", authorization() + ", Extra=1",
    ]

    @Test("rejects a malformed Authorization header", arguments: malformedHeaders)
    func malformedHeader(text: String) {
        #expect(throws: SignatureError.malformed) {
            try PresentedSignature(of: Self.request(authorization: [text]))
        }
    }

    static let malformedQueries = [
        query(expires: "0"), query(expires: "604801"), query(expires: "-1"), query(expires: "x"),
        query(date: "2026-01-02"), query(scope: "AKIDEXAMPLE"), query(headers: "x-amz-date"),
        query() + "&X-Amz-Date=20260102T030405Z", query() + "&a=%zz", query() + "&a=%FF",
    ]

    @Test("rejects a malformed presigned query", arguments: malformedQueries)
    func malformedQuery(text: String) {
        #expect(throws: SignatureError.malformed) { try PresentedSignature(of: Self.request(query: text)) }
    }

    @Test("rejects a request with two signatures")
    func ambiguous() {
        let header = Self.authorization()
        for request in [
            Self.request(authorization: [header, header]), Self.request(authorization: [header], query: Self.query()),
        ] {
            #expect(throws: SignatureError.malformed) { try PresentedSignature(of: request) }
        }
    }

    @Test("rejects an unsigned x-amz header")
    func unsignedHeader() {
        #expect(throws: SignatureError.malformed) {
            try PresentedSignature(
                of: Self.request(authorization: [Self.authorization()], headers: [("X-Amz-Meta", "1")]))
        }
    }

    @Test("no printed form of an access key contains its id or secret")
    func redacted() {
        let key = AccessKey(prefix: "AKIASANDBOX", random: systemRandomBytes)
        #expect(key.id.utf8.count == 20)
        for text in ["\(key)", String(reflecting: key), "\(Mirror(reflecting: key).children.map { $0.value })"] {
            #expect(!text.contains(key.secret))
            #expect(!text.contains(key.id))
        }
    }
}
