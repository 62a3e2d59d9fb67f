// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization
import Testing

@testable import Sandbox

@Suite("The sandbox's listener")
struct ListenerTests {
    private final class Notifications: Sendable {
        let baseURLs = Mutex<[String]>([])
    }

    @Test("with port 0 the issuer is the bound address from the first response on, whatever the Host header")
    func issuer() async throws {
        let notifications = Notifications()
        let application = try Sandbox().application(port: 0, logger: Logger(label: "test")) { baseURL in
            notifications.baseURLs.withLock { $0.append(baseURL) }
        }
        try await application.test(.live) { client in
            let port = try #require(client.port)
            let response = try await client.executeRequest(
                uri: "/.well-known/openid-configuration", method: .get, headers: [:], body: nil)
            #expect(notifications.baseURLs.withLock { $0 } == ["http://127.0.0.1:\(port)"])
            let text = String(buffer: response.body)
            #expect(text.contains(#""issuer":"http://127.0.0.1:\#(port)""#))
            #expect(!text.contains("localhost"))
        }
    }

    @Test("signed requests verify over a socket, from AssumeRole to the data plane")
    func journey() async throws {
        let harness = try Harness()
        let application = harness.sandbox.application(port: 0, logger: Logger(label: "test"))
        try await application.test(.live) { client in
            func send(_ request: SignedRequest) async throws -> Harness.Answer {
                let target = request.path + (request.query.isEmpty ? "" : "?" + request.query)
                let response = try await client.executeRequest(
                    uri: target, method: .post, headers: try Harness.fields(request.headers),
                    body: ByteBuffer(bytes: request.body))
                return Harness.Answer(
                    status: response.status.code, headers: response.headers, body: String(buffer: response.body))
            }
            let policy = Harness.policy(
                harness.sandbox.configuration.arn(of: harness.sandbox.configuration.guestMonitor))
            var signer = try harness.session(in: await send(harness.assumeRoleRequest(policy: policy)))
            signer.service = "rum"
            #expect(try await send(signer.signed(harness.putRequest())).status == 200)
            #expect(try await send(signer.presigned(harness.putRequest())).status == 200)
            let other = harness.sandbox.configuration.signedInMonitor
            #expect(try await send(signer.signed(harness.putRequest(monitor: other))).status == 403)
        }
    }

    @Test("returns 503 for endpoints that need the issuer until the address is known")
    func unpublished() async throws {
        let application = try Sandbox().application(port: 0, logger: Logger(label: "test"))
        try await application.test(.router) { client in
            for uri in ["/.well-known/openid-configuration", "/jwks.json"] {
                #expect(
                    try await client.executeRequest(uri: uri, method: .get, headers: [:], body: nil).status
                        == .serviceUnavailable)
            }
            let form = ByteBuffer(string: "grant_type=password&client_id=demo-store&username=alice&password=wonderland")
            for uri in ["/oauth2/token", "/"] {
                let response = try await client.executeRequest(
                    uri: uri, method: .post, headers: [.contentType: "application/x-www-form-urlencoded"], body: form)
                #expect(response.status == .serviceUnavailable)
            }
        }
    }

    @Test("a sandbox starts in less than 100 ms")
    func startsFast() throws {
        let clock = ContinuousClock()
        let fastest = try (0..<5).map { _ in try clock.measure { _ = try Sandbox() } }.min()
        #expect(try #require(fastest) < .milliseconds(100))
    }
}
