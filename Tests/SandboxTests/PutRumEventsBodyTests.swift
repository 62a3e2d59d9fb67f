// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import Testing

@testable import Sandbox

@Suite("Bodies of PutRumEvents")
struct PutRumEventsBodyTests {
    @Test(
        "rejects a malformed PutRumEvents body with 400",
        arguments: [
            ("", ""), (#""BatchId""#, #""Batch""#), ("11111111-1111-4111-8111-111111111111", "1"),
            ("11111111-1111-4111-8111-111111111111", "11111111-1111-4111-8111-11111111111g"),
            (#"{"id":"monitor"}"#, "[]"), (#"{"userId":"u","sessionId":"s"}"#, #"{"userId":1}"#),
            (#""RumEvents":["#, #""RumEvents":[1,"#), (#""RumEvents":["#, #""Events":["#), ("1795000000", #""now""#),
            (#""details":"{}""#, #""details":{}"#), (#""type":"t""#, #""type":null"#),
            (#""metadata":"{}""#, #""metadata":{}"#), (#""RumEvents":["#, #""SessionMetadata":{},"RumEvents":["#),
        ])
    func malformed(part: String, replacement: String) async throws {
        let harness = try Harness()
        let whole = String(decoding: Harness.batch, as: UTF8.self)
        let body = part.isEmpty ? "{" : whole.replacingOccurrences(of: part, with: replacement)
        #expect(body != whole)
        let signer = try await harness.guestRUM()
        let answer = try await harness.send(signer.signed(harness.putRequest(body: Array(body.utf8))))
        #expect(answer.status == 400)
        #expect(answer.headers[try #require(.init("x-amzn-ErrorType"))] == "ValidationException")
        #expect(try answer.json["message"] is String)
    }

    @Test("accepts the body that botocore sends")
    func botocore() throws {
        let vector = try #require(try ServiceRequest.all.first)
        #expect(try PutRumEventsBody(vector.signed).events.map(\.type) == ["com.amazon.rum.js_error_event"])
    }

    @Test("takes the web client from SessionMetadata if an event's metadata does not name it")
    func sessionMetadata() async throws {
        let harness = try Harness()
        let whole = String(decoding: Harness.batch, as: UTF8.self)
        let session = #""SessionMetadata":"{\"aws:client\":\"arw-module\",\"aws:clientVersion\":\"3.2.0\"}","#
        let body = whole.replacingOccurrences(of: #""RumEvents":["#, with: session + #""RumEvents":["#)
        #expect(body != whole)
        let signer = try await harness.guestRUM()
        let signed = signer.signed(harness.putRequest(body: Array(body.utf8)))
        #expect(try PutRumEventsBody(signed).events.map(\.client) == ["arw-module 3.2.0"])
    }

    @Test("rejects a body over 1 MiB with 413")
    func tooLarge() async throws {
        let harness = try Harness()
        let body = [UInt8](repeating: UInt8(ascii: " "), count: (1 << 20) + 1)
        let answer = try await harness.send(harness.putRequest(body: body))
        #expect(answer.status == 413)
        let signer = try await harness.guestRUM()
        let full = Harness.batch + body.dropLast(Harness.batch.count + 1)
        #expect(full.count == 1 << 20)
        #expect(try await harness.send(signer.signed(harness.putRequest(body: full))).status == 200)
    }
}
