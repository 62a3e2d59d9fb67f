// SPDX-License-Identifier: Apache-2.0

import Foundation
import Outbound
import TestSupport
import Testing

@testable import AWS

/// Errors that the data plane returns to the senders of events.
@Suite struct RUMErrorTests {
    static let names = ["AccessDenied", "InternalServer", "ResourceNotFound", "Throttling", "Validation"]

    @Test("decodes code, message and retryability of a RUM error vector", arguments: names)
    func vector(name: String) throws {
        let data = try Vectors.data("aws/error-responses/rum-\(name)Exception.json")
        let file = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let expect = try #require(file["expect"] as? [String: Any])
        let headers = try #require(file["headers"] as? [String: String])
        let body = try #require(file["body"] as? String)
        let error = JSONErrorResponse(
            OutboundResponse(
                status: try #require(file["status"] as? Int), headers: headers.map { ($0.key, $0.value) },
                body: Array(body.utf8)))
        #expect(error.code == expect["code"] as? String)
        #expect(error.message == expect["message"] as? String)
        let isRetryable = try #require(expect["retryable"] as? Bool)
        #expect([.throttled, .transient].contains(error.verdict) == isRetryable)
        #expect((error.verdict == .throttled) == (name == "Throttling"))
        #expect(error.detail.contains(error.code) && !error.detail.contains("\"\(error.message)\""))
    }

    @Test(
        "a request that timed out at AWS is retryable, whatever its status",
        arguments: ["RequestTimeout", "RequestTimeoutException"])
    func requestTimeout(code: String) {
        let response = OutboundResponse(
            status: 400, headers: [("x-amzn-errortype", code)], body: Array(#"{"message":"late"}"#.utf8))
        #expect(JSONErrorResponse(response).verdict == .transient)
        #expect(CognitoErrorResponse(response).verdict(hasLogin: true) == .transient)
    }
}
