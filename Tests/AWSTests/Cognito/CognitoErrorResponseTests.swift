// SPDX-License-Identifier: Apache-2.0

import Foundation
import Outbound
import TestSupport
import Testing

@testable import AWS

@Suite struct CognitoErrorResponseTests {
    static let names =
        (try? FileManager.default.contentsOfDirectory(
            atPath: Vectors.directory.appendingPathComponent("aws/error-responses").path))?
        .filter { $0.hasPrefix("cognito-") || $0.hasPrefix("html-") }.sorted() ?? []

    @Test("finds all 10 Cognito and HTML error vectors")
    func count() { #expect(Self.names.count == 10) }

    @Test("decodes code, message and retryability of a Cognito error vector", arguments: names)
    func vector(name: String) throws {
        let object = try JSONSerialization.jsonObject(with: Vectors.data("aws/error-responses/\(name)"))
        let file = try #require(object as? [String: Any])
        let expect = try #require(file["expect"] as? [String: Any])
        let headers = try #require(file["headers"] as? [String: String])
        let body = try #require(file["body"] as? String)
        let error = CognitoErrorResponse(
            OutboundResponse(
                status: try #require(file["status"] as? Int), headers: headers.map { ($0.key, $0.value) },
                body: Array(body.utf8)))
        #expect(error.code == expect["code"] as? String)
        if name.hasPrefix("cognito-") { #expect(error.message == expect["message"] as? String) }
        let allowed: Set<AttemptError.Kind> =
            switch expect["retryable"] {
            case "limited" as String: [.refused, .transientOnce]
            case let flag as Bool: flag ? [.throttled, .transient] : [.refused]
            default: []
            }
        #expect(allowed.contains(error.verdict(hasLogin: true)))
        #expect(allowed.contains(error.verdict(hasLogin: false)))
        #expect(error.isAboutIdentity == (error.code == "ResourceNotFoundException"))
        #expect(error.detail.contains(error.code))
    }

    @Test(
        "finds the error code with any namespace or suffix, and in the header if the body has none",
        arguments: [
            (#"{"__type":"NotAuthorizedException"}"#, nil),
            (#"{"__type":"com.amazonaws#NotAuthorizedException"}"#, nil),
            (#"{"__type":"NotAuthorizedException:http://internal/"}"#, nil), ("{}", "NotAuthorizedException:"),
            ("", "NotAuthorizedException"), (#"{"__type":"NotAuthorizedException"}"#, "Other"),
        ] as [(String, String?)])
    func code(body: String, header: String?) {
        #expect(Self.error(400, body, header.map { [("X-Amzn-ErrorType", $0)] } ?? []).code == "NotAuthorizedException")
    }

    @Test(
        "classifies responses that are not AWS's by their status",
        arguments: [
            (400, AttemptError.Kind.refused), (403, .refused), (404, .refused), (408, .transient),
            (429, .throttled), (500, .transient), (502, .transient), (503, .transient), (302, .transient),
        ])
    func foreignBody(status: Int, verdict: AttemptError.Kind) {
        for body in ["", "<html></html>", "[]", "null", #"{"__type":7}"#, #"{"__type":"a b"}"#, #"{"__type":"#] {
            let error = Self.error(status, body)
            #expect(error.code == String(status))
            #expect(error.verdict(hasLogin: true) == verdict)
            #expect(!error.isAboutIdentity)
        }
    }

    @Test("reports an expired login token only if the call carried one")
    func tokenExpired() {
        let error = Self.error(
            400,
            #"{"__type":"NotAuthorizedException","message":"Invalid login token. Token expired: 1589092400 >= 1589092129"}"#
        )
        #expect(error.verdict(hasLogin: true) == .tokenExpired)
        #expect(error.verdict(hasLogin: false) == .refused)
        #expect(error.detail == "NotAuthorizedException (HTTP 400): the token has expired")
    }

    @Test(
        "recognises by its message that an identity is no longer the holder's",
        arguments: [
            ("Access to Identity 'us-west-2:aaaaaaaa' is forbidden.", true),
            ("Logins don't match. Please include at least one valid login for this identity or identity pool.", true),
            ("Invalid login token. Couldn't verify signed token.", false),
            ("Unauthenticated access is not supported for this identity pool.", false),
            ("Token is not from a supported provider of this identity pool.", false),
        ])
    func aboutIdentity(message: String, isAbout: Bool) {
        let error = Self.error(400, #"{"__type":"NotAuthorizedException","message":"\#(message)"}"#)
        #expect(error.isAboutIdentity == isAbout)
        #expect(error.verdict(hasLogin: true) == .refused)
        #expect(!error.detail.contains("us-west-2"))
    }

    @Test("the detail contains the request id and a fixed text for a known cause")
    func detail() {
        let error = Self.error(
            400,
            #"{"__type":"InvalidParameterException","message":"Basic (classic) flow is not enabled, please use enhanced flow."}"#,
            [("x-amzn-RequestId", "r-1")])
        #expect(
            error.detail
                == "InvalidParameterException (HTTP 400, request r-1): the pool does not allow the basic flow")
    }

    @Test("keeps malformed codes and request ids out of the detail")
    func strangeCode() {
        for text in ["us-west-2:aaaa alice", "eyJ.x y", String(repeating: "a", count: 65)] {
            let error = Self.error(400, #"{"__type":"x/\#(text)"}"#, [("x-amzn-requestid", text)])
            #expect(error.detail == "400 (HTTP 400)")
        }
    }

    private static func error(
        _ status: Int, _ body: String, _ headers: [(name: String, value: String)] = []
    ) -> CognitoErrorResponse {
        CognitoErrorResponse(OutboundResponse(status: status, headers: headers, body: Array(body.utf8)))
    }
}
