// SPDX-License-Identifier: Apache-2.0

import Foundation
import Outbound
import Testing

@testable import AWS

@Suite struct MetadataCredentialsTests {
    private static let good = """
        {"Code":"Success","AccessKeyId":"ASIA1","SecretAccessKey":"topsecret","Token":"t",\
        "Expiration":"2026-01-02T04:04:05Z"}
        """

    @Test("gets an IMDSv2 session token first and sends it with the other two requests")
    func flow() async throws {
        let fixture = try ChainFixture([:], [.answer(200, "proof"), .answer(200, "R\nother"), .answer(200, Self.good)])
        let loaded = try await fixture.chain.load()
        #expect(loaded.source == "instance metadata")
        #expect(loaded.credentials.expiration == Fixture.now.addingTimeInterval(3_600))
        let sent = fixture.transport.requests
        #expect(sent.map(\.method) == [.put, .get, .get])
        #expect(sent[2].url.hasSuffix("/latest/meta-data/iam/security-credentials/R"))
        #expect(sent.dropFirst().allSatisfy { $0.headers.contains { $0 == ("x-aws-ec2-metadata-token", "proof") } })
        #expect(fixture.transport.timeouts.allSatisfy { $0 <= .seconds(1) })
    }

    @Test(
        "never falls back to IMDSv1, and does not retry without a response",
        arguments: [
            ([ScriptedTransport.Reply.silence], "no response in time", 1),
            ([.fail(.connection("no route"))], "none are configured, and EC2 instance metadata: no route", 1),
            ([.answer(404, "")], "HTTP 404", 1), ([.answer(400, "")], "HTTP 400", 1),
            ([.answer(403, "")], "it is turned off", 1), ([.answer(503, "")], "HTTP 503", 3),
            ([.answer(200, "")], "the response is not a token", 1), ([.answer(200, "a b")], "not a token", 1),
            ([.answer(200, "t"), .answer(401, "")], "HTTP 401", 2),
            ([.answer(200, "t"), .answer(200, "../../x")], "expected a role's name", 2),
            ([.answer(200, "t"), .answer(200, "R"), .answer(200, #"{"Code":"Failed"}"#)], "expected Code Success", 3),
        ])
    func failures(script: [ScriptedTransport.Reply], detail: String, attempts: Int) async throws {
        let fixture = try ChainFixture([:], script)
        let problem = try #require(await fixture.problem())
        #expect(problem.contains(detail), "\(problem)")
        #expect(fixture.transport.requests.count == attempts)
        #expect(fixture.transport.requests.first?.method == .put)
        #expect(fixture.clock.elapsed <= .seconds(4))
    }
}
