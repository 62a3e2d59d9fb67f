// SPDX-License-Identifier: Apache-2.0

import Foundation
import Outbound
import Testing

@testable import AWS

@Suite struct ContainerCredentialsTests {
    private static let full = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
    private static let good = """
        {"AccessKeyId":"ASIA1","SecretAccessKey":"topsecret","Token":"t","Expiration":"2026-01-02T04:04:05Z"}
        """

    @Test(
        "rejects a container endpoint with plain http that others could intercept",
        arguments: [
            "http://example.com/c", "http://169.254.170.3/c", "http://127.0.0.1.example.com/c", "http://127.1/c",
            "http://0x7f000001/c", "http://[::ffff:127.0.0.1]/c", "http://localhost.example.com/c",
            "http://169.254.170.2@example.com/c", "http://127.0.0.256/c", "http://0.0.0.0/c", "http://127.0.0.1./c",
            "ftp://localhost/c", "http://localhost/c#f", "http://localhost/c d", "http://localhost/\u{e9}",
        ])
    func untrusted(url: String) {
        #expect(throws: BrokerCredentialError.self) { try ContainerEndpoint(EnvironmentVariables([Self.full: url])) }
    }

    @Test(
        "accepts container endpoints on loopback addresses, and https to any host",
        arguments: [
            "http://127.0.0.1:1/c", "http://127.9.9.9/c", "http://[::1]:8/c", "HTTP://LOCALHOST/c", "https://a/c?d=e",
        ])
    func trusted(url: String) throws {
        #expect(try ContainerEndpoint(EnvironmentVariables([Self.full: url]))?.url == url)
    }

    @Test("the token file takes precedence over the token variable and is read on every call")
    func token() async throws {
        let fixture = try ChainFixture(
            [
                Self.full: "http://localhost/c", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "variable",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/token",
            ], files: ["/token": "first"], [.answer(200, Self.good)])
        #expect(try await fixture.chain.load().credentials.sessionToken == "t")
        fixture.files.write("second", to: "/token")
        #expect(try await fixture.chain.load().source == "container")
        let sent = fixture.transport.requests
        #expect(sent.map { $0.headers.filter { $0.name == "Authorization" }.map(\.value) } == [["first"], ["second"]])
        #expect(sent.allSatisfy { $0.method == .get && $0.headers.contains { $0 == ("Accept", "application/json") } })
        #expect(fixture.transport.timeouts.allSatisfy { $0 <= .seconds(2) })
    }

    @Test(
        "rejects a container token with a line break and does not send it",
        arguments: ["topsecret\n", "top\r\nsecret: x", ""])
    func brokenToken(token: String) async throws {
        let fixture = try ChainFixture(
            [Self.full: "http://localhost/c", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/token"],
            files: ["/token": token], [.answer(200, Self.good)])
        let problem = try #require(await fixture.problem())
        #expect(problem.contains("/token: expected a token without line breaks"))
        #expect(!problem.contains("secret"))
        #expect(fixture.transport.requests.isEmpty)
    }

    @Test(
        "maps each container response to an error that does not quote it, after the expected attempts",
        arguments: [
            (
                ScriptedTransport.Reply.answer(403, #"{"Code":"topsecret"}"#),
                "container: container endpoint: HTTP 403", 1
            ),
            (.answer(500, "topsecret"), "HTTP 500", 3), (.answer(429, ""), "HTTP 429", 3),
            (.silence, "no response in time", 3), (.fail(.connection("connection refused")), "connection refused", 3),
            (.fail(.tooLarge(limit: 65_536)), "the response is over 65536 bytes", 3),
            (.answer(200, "topsecret"), "expected JSON with credentials", 1), (.answer(200, "[]"), "expected JSON", 1),
            (.answer(200, #"{"AccessKeyId":"topsecret"}"#), "expected AccessKeyId, SecretAccessKey, Token, Expir", 1),
            (.answer(200, good.replacingOccurrences(of: "\"t\"", with: "\"\"")), "the token is empty", 1),
            (.answer(200, good.replacingOccurrences(of: "topsecret", with: "top secret")), "SecretAccessKey holds", 1),
            (.answer(200, good.replacingOccurrences(of: "2026-01", with: "2026-13")), "Expiration is not a time", 1),
            (.answer(302, ""), "HTTP 302", 1),
        ])
    func failures(reply: ScriptedTransport.Reply, detail: String, attempts: Int) async throws {
        let fixture = try ChainFixture([Self.full: "http://localhost/c"], [reply])
        let problem = try #require(await fixture.problem())
        #expect(problem.contains(detail), "\(problem)")
        #expect(!problem.contains("secret"))
        #expect(fixture.transport.requests.count == attempts)
        #expect(fixture.clock.elapsed <= .seconds(8))
    }
}
