// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import Sandbox

@Suite("PutRumEvents")
struct PutRumEventsTests {
    let harness: Harness

    init() throws {
        harness = try Harness()
    }

    @Test("accepts events from a session that may write to the monitor", arguments: ["", "/"])
    func accepts(slash: String) async throws {
        let answer = try await harness.put(as: try await harness.guestRUM(), slash: slash)
        #expect(answer.status == 200)
        #expect(answer.body.isEmpty)
        #expect(answer.headers[.accessControlAllowOrigin] == "*")
    }

    @Test("accepts a presigned text/plain request, as sendBeacon sends it")
    func beacon() async throws {
        let signer = try await harness.guestRUM()
        let request = harness.putRequest(contentType: "text/plain;charset=UTF-8")
        #expect(try await harness.send(signer.presigned(request)).status == 200)
    }

    @Test(
        "a presigned URL expires after X-Amz-Expires, without the allowed clock skew",
        arguments: [(60, 200), (61, 403)])
    func presignedExpires(age: Int, status: Int) async throws {
        let signer = try await harness.guestRUM()
        harness.advance(by: TimeInterval(age))
        #expect(try await harness.send(signer.presigned(harness.putRequest())).status == status)
    }

    @Test("decompresses gzip bodies, and rejects invalid gzip and other encodings")
    func gzip() async throws {
        let signer = try await harness.guestRUM()
        func status(_ body: [UInt8], _ encoding: String) async throws -> Int {
            var request = harness.putRequest(body: body)
            request.headers.append(("Content-Encoding", encoding))
            return try await harness.send(signer.signed(request)).status
        }
        let data = Gzipped.make(Harness.batch)
        #expect(try await status(data, "gzip") == 200)
        #expect(try await status(Harness.batch, "gzip") == 400)
        #expect(try await status(Array(data.dropLast()), "gzip") == 400)
        #expect(try await status(Gzipped.make(Array("{}".utf8)), "gzip") == 400)
        #expect(try await status(Gzipped.make([UInt8](repeating: 0x20, count: (4 << 20) + 1)), "gzip") == 413)
        #expect(try await status(data, "br") == 400)
        let last = harness.sandbox.dataPlane.received.report().last
        #expect(last.last?.events?.map(\.type) == ["t"])
        #expect(last.last?.contentEncoding == "gzip")
        #expect(last.last?.bytes == data.count)
    }

    @Test(
        "rejects a PutRumEvents request with an invalid signature",
        arguments: [
            "unsigned", "secret", "key", "token", "no token", "region", "service", "past", "future", "broker",
        ])
    func invalidSignature(flaw: String) async throws {
        var signer = try await harness.guestRUM()
        switch flaw {
        case "secret": signer.secret = String(signer.secret.reversed())
        case "key": signer.accessKeyID = "ASIAIOSFODNN7EXAMPLE"
        case "token": signer.sessionToken = "another"
        case "no token": signer.sessionToken = nil
        case "region": signer.region = "us-east-1"
        case "service": signer.service = "sts"
        case "past": signer.date -= 301
        case "future": signer.date += 301
        case "broker":
            signer = harness.broker
            signer.service = "rum"
        default: break
        }
        let request = harness.putRequest()
        let answer = try await harness.send(flaw == "unsigned" ? request : signer.signed(request))
        #expect(answer.status == 403)
        #expect(answer.headers[try #require(HTTPField.Name("x-amzn-ErrorType"))] == "AccessDeniedException")
        #expect(try answer.json["message"] is String)
        #expect(answer.headers[.accessControlAllowOrigin] == "*")
    }

    @Test("rejects a body with one changed byte, even if no header carries its hash")
    func changedBody() async throws {
        let signer = try await harness.guestRUM()
        var request = signer.signed(harness.putRequest())
        request.body[20] ^= 1
        #expect(try await harness.send(request).status == 403)
    }

    @Test("rejects a body that does not match x-amz-content-sha256")
    func contentHash() async throws {
        let signer = try await harness.guestRUM()
        for (hash, status) in [(harness.hash(of: Harness.batch), 200), ("UNSIGNED-PAYLOAD", 403)] {
            var request = harness.putRequest()
            request.headers.append(("X-Amz-Content-Sha256", hash))
            #expect(try await harness.send(signer.signed(request)).status == status)
        }
    }

    @Test("a session is rejected from its expiration on", arguments: [(899, 200), (900, 403)])
    func sessionExpires(age: Int, status: Int) async throws {
        var signer = try await harness.guestRUM()
        harness.advance(by: TimeInterval(age))
        signer.date = harness.now
        #expect(try await harness.put(as: signer).status == status)
    }

    @Test("rejects a session whose policy names another monitor")
    func otherMonitor() async throws {
        let signer = try await harness.guestRUM()
        let answer = try await harness.put(monitor: harness.sandbox.configuration.signedInMonitor, as: signer)
        #expect(answer.status == 403)
        #expect(answer.body.contains("not authorized to perform: rum:PutRumEvents"))
    }

    @Test("the role's policy limits a wider session policy")
    func rolePolicy() async throws {
        var configuration = SandboxConfiguration.demo
        configuration.guestRole.policy = Harness.policy(configuration.arn(of: configuration.guestMonitor))
        let harness = try Harness(configuration)
        let signer = try await harness.guestRUM(policy: Harness.policy("*"))
        #expect(try await harness.put(as: signer).status == 200)
        #expect(try await harness.put(monitor: configuration.signedInMonitor, as: signer).status == 403)
    }

    @Test("without a session policy the role's policy alone decides")
    func noSessionPolicy() async throws {
        let signer = try await harness.guestRUM(policy: nil)
        #expect(try await harness.put(as: signer).status == 200)
        #expect(try await harness.put(monitor: harness.sandbox.configuration.signedInMonitor, as: signer).status == 200)
    }

    @Test("an unknown monitor is 404 for a verified session and 403 for other callers")
    func unknownMonitor() async throws {
        let unknown = SandboxConfiguration.Monitor(name: "x", id: "00000000-0000-4000-8000-000000000000")
        let answer = try await harness.put(monitor: unknown, as: try await harness.guestRUM())
        #expect(answer.status == 404)
        #expect(
            answer.headers[try #require(HTTPField.Name("x-amzn-ErrorType"))] == "ResourceNotFoundException")
        #expect(try answer.json["resourceName"] as? String == unknown.id)
        #expect(try await harness.send(harness.putRequest(monitor: unknown)).status == 403)
    }

    @Test("rejects a session that was evicted from the store")
    func evicted() async throws {
        let harness = try Harness(sessionCapacity: 1)
        let first = try await harness.guestRUM()
        let second = try await harness.guestRUM()
        #expect(try await harness.put(as: first).status == 403)
        #expect(try await harness.put(as: second).status == 200)
    }

    @Test("rejects GetAppMonitor for a session that may only write, with the denied action in the message")
    func otherAction() async throws {
        let signer = try await harness.guestRUM()
        let name = harness.sandbox.configuration.guestMonitor.name
        let request = SignedRequest(
            method: "GET", target: "/appmonitor/\(name)", headers: [("Host", "localhost")], body: [])
        let answer = try await harness.send(signer.signed(request))
        #expect(answer.status == 403)
        #expect(
            answer.body.contains("not authorized to perform: rum:GetAppMonitor on resource: arn:aws:rum:us-west-2:"))
        #expect(try await harness.send(request).body.contains("Missing Authentication Token"))
        let last = harness.sandbox.dataPlane.received.report().last
        #expect(last.map(\.action) == ["rum:GetAppMonitor", "rum:GetAppMonitor"])
        #expect(last.map(\.session) == [nil, "guests"])
    }

    @Test("GetAppMonitor returns the monitor to a session that is allowed to read it")
    func appMonitor() async throws {
        var configuration = SandboxConfiguration.demo
        configuration.guestRole.policy =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"rum:*","Resource":"*"}]}"#
        let harness = try Harness(configuration)
        let signer = try await harness.guestRUM(policy: nil)
        func getAppMonitor(_ name: String) async throws -> Harness.Answer {
            let request = SignedRequest(
                method: "GET", target: "/appmonitor/\(name)", headers: [("Host", "localhost")], body: [])
            return try await harness.send(signer.signed(request))
        }
        let monitor = configuration.signedInMonitor
        let answer = try await getAppMonitor(monitor.name)
        #expect(answer.status == 200)
        #expect(try answer.json["AppMonitor"] as? [String: String] == ["Id": monitor.id, "Name": monitor.name])
        #expect(try await getAppMonitor("Another").status == 404)
    }
}
