// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import Testing

@testable import Sandbox

@Suite("Report of received events")
struct ReceivedEventsTests {
    let harness: Harness

    init() throws {
        harness = try Harness()
    }

    @Test("counts requests per monitor and lists them, newest first, without credentials")
    func report() async throws {
        let signer = try await harness.guestRUM()
        _ = try await harness.put(as: signer)
        _ = try await harness.put(monitor: harness.sandbox.configuration.signedInMonitor, as: signer)
        _ = try await harness.send(harness.putRequest())
        let answer = try await harness.send("GET", "/_sandbox/events")
        #expect(answer.status == 200)
        #expect(answer.headers[.cacheControl] == "no-store")
        let json = try answer.json
        #expect(json["requests"] as? Int == 3)
        let monitors = try #require(json["monitors"] as? [[String: Any]])
        #expect(monitors.map { $0["name"] as? String } == ["DemoStore_Authenticated", "DemoStore_Unauthenticated"])
        #expect(monitors.map { $0["accepted"] as? Int } == [0, 1])
        #expect(monitors.map { $0["refused"] as? Int } == [1, 1])
        #expect(monitors.map { $0["events"] as? Int } == [0, 1])
        let last = try #require(json["last"] as? [[String: Any]])
        #expect(last.map { $0["status"] as? Int } == [403, 403, 200])
        #expect(last.map { $0["session"] as? String } == [nil, "guests", "guests"])
        #expect(last.map { $0["error"] as? String } == ["AccessDeniedException", "AccessDeniedException", nil])
        #expect(last.map { $0["sequence"] as? Int } == [3, 2, 1])
        #expect(last.map { $0["message"] as? String }.first == "Missing Authentication Token")
        let first = try #require(last.last)
        #expect(first["action"] as? String == "rum:PutRumEvents")
        #expect(first["bytes"] as? Int == Harness.batch.count)
        #expect(first["contentType"] as? String == "application/json")
        #expect(first["isPresigned"] as? Bool == false)
        let event = try #require((first["events"] as? [[String: String]])?.first)
        #expect(event == ["id": "44444444-4444-4444-8444-444444444444", "type": "t"])
        for secret in [signer.accessKeyID, signer.secret, signer.sessionToken ?? "", harness.broker.secret] {
            #expect(!answer.body.contains(secret))
        }
    }

    @Test("lists only requests after a given sequence number")
    func after() async throws {
        let signer = try await harness.guestRUM()
        for _ in 1...3 { _ = try await harness.put(as: signer) }
        for (after, sequences) in [("0", [3, 2, 1]), ("2", [3]), ("3", []), ("99", [])] {
            let json = try await harness.send("GET", "/_sandbox/events?after=\(after)").json
            let last = try #require(json["last"] as? [[String: Any]])
            #expect(last.map { $0["sequence"] as? Int } == sequences)
            #expect(json["requests"] as? Int == 3)
        }
        #expect(try await harness.send("GET", "/_sandbox/events?after=-1").status == 400)
        #expect(try await harness.send("GET", "/_sandbox/events?after=x").status == 400)
    }

    @Test("reports whether a request was presigned, as with sendBeacon")
    func beacon() async throws {
        let signer = try await harness.guestRUM()
        let request = harness.putRequest(contentType: "text/plain;charset=UTF-8")
        _ = try await harness.send(signer.presigned(request))
        let last = try #require(try await harness.send("GET", "/_sandbox/events").json["last"] as? [[String: Any]])
        #expect(last.first?["isPresigned"] as? Bool == true)
        #expect(last.first?["contentType"] as? String == "text/plain;charset=UTF-8")
    }

    @Test("reports the session's tags and source identity")
    func tags() throws {
        let events = ReceivedEvents(SandboxConfiguration.demo.monitors)
        let session = Session(
            key: AccessKey(prefix: "ASIA", random: { [UInt8](repeating: 0, count: $0) }), token: "t",
            issued: Harness.start, expiration: Harness.start, name: "n", roleARN: "arn:aws:iam::1:role/r",
            rolePolicy: try EvaluatedPolicy(parsing: Harness.policy("*")), sessionPolicy: nil,
            tags: try SessionTags([SessionTag(key: "app", value: "shop")], transitiveKeys: []), sourceIdentity: "who")
        events.record(
            .putRumEvents, monitor: nil, session: session, requestSummary: nil, at: Harness.start,
            outcome: .refused(.resourceNotFound))
        #expect(events.report().last.first?.tags == ["app": "shop"])
        #expect(events.report().last.first?.sourceIdentity == "who")
    }

    @Test(
        "reports an event's page and detail if its metadata and details have the web client's form",
        arguments: [
            (#"{"pageId":"/cart","aws:client":"arw-script","aws:clientVersion":"3.2.0"}"#, "{}", "/cart", nil),
            (nil, #"{"pageId":"/"}"#, "/", nil),
            (nil, #"{"type":"TypeError","message":"no rope"}"#, nil, "TypeError: no rope"),
            (nil, #"{"request":{"method":"GET","url":"/x"}}"#, nil, "GET /x"),
            (nil, #"{"targetUrl":"https://shop.example/a.js"}"#, nil, "https://shop.example/a.js"),
            ("not JSON", "neither", nil, nil), ("[]", #"{"message":1}"#, nil, nil),
        ] as [(String?, String, String?, String?)])
    func event(metadata: String?, details: String, page: String?, detail: String?) {
        let event = ReceivedEvent(id: "i", type: "t", metadata: metadata, details: details)
        #expect(event.page == page)
        #expect(event.detail == detail)
        #expect(event.client == (metadata?.contains("arw-script") == true ? "arw-script 3.2.0" : nil))
    }

    @Test("truncates an event's texts to 128 characters")
    func truncated() {
        let long = String(repeating: "x", count: 1_000)
        let event = ReceivedEvent(
            id: long, type: long, metadata: #"{"pageId":"\#(long)","aws:client":"\#(long)"}"#,
            details: #"{"message":"\#(long)"}"#)
        #expect(
            [event.id, event.type, event.page, event.client, event.detail].map { $0?.count } == [
                128, 128, 128, 128, 128,
            ])
    }

    @Test("keeps the last 100 requests only")
    func bounded() throws {
        let monitors = SandboxConfiguration.demo.monitors
        let events = ReceivedEvents(monitors)
        for index in 0..<250 {
            events.record(
                .putRumEvents, monitor: monitors[0], session: nil, requestSummary: nil,
                at: Date(timeIntervalSince1970: TimeInterval(index)), outcome: .refused(.tooLarge))
        }
        let report = events.report()
        #expect(report.requests == 250)
        #expect(report.monitors[0].refused == 250)
        #expect(report.last.count == 100)
        #expect(report.last.first?.time == Date(timeIntervalSince1970: 249))
        #expect(report.last.first?.sequence == 250)
        #expect(events.report(after: 200).last.count == 50)
    }
}
