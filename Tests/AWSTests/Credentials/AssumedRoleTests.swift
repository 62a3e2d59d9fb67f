// SPDX-License-Identifier: Apache-2.0

import Foundation
import Outbound
import Testing
import Vending

@testable import AWS

/// The calls of STS that the provider chain makes.
@Suite struct AssumedRoleTests {
    @Test("assumes a profile's role with the source's keys and the profile's parameters")
    func assumeRole() async throws {
        let config = """
            [default]
            role_arn = arn:aws:iam::123456789012:role/Broker
            source_profile = base
            external_id = ext
            duration_seconds = 900
            """
        let fixture = try ChainFixture(
            config: config, credentials: "[base]\naws_access_key_id = AKIABASE\naws_secret_access_key = s",
            [Fixture.success("AssumeRole")])
        let loaded = try await fixture.chain.load()
        #expect(loaded.source == "profile default")
        #expect(loaded.credentials.accessKeyID == "ASIAEXAMPLEEXAMPLE00")
        #expect(loaded.credentials.expiration == Fixture.now.addingTimeInterval(3_600))
        #expect(
            ReplayTransport.form(fixture.transport.requests[0].body) == [
                "Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": "arn:aws:iam::123456789012:role/Broker",
                "RoleSessionName": "purser", "DurationSeconds": "900", "ExternalId": "ext",
            ])
        let signature = fixture.transport.requests[0].headers.first { $0.name == "Authorization" }?.value
        #expect(signature?.contains("Credential=AKIABASE/") == true)
    }

    @Test("reads the web identity token on every call, strips its line break and leaves the call unsigned")
    func webIdentity() async throws {
        let fixture = try ChainFixture(
            [
                "AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/Web",
                "AWS_ROLE_SESSION_NAME": "night",
            ], files: ["/token": "first.token\n"], [Fixture.success("AssumeRoleWithWebIdentity")])
        _ = try await fixture.chain.load()
        fixture.files.write("second.token", to: "/token")
        _ = try await fixture.chain.load()
        let forms = fixture.transport.requests.map { ReplayTransport.form($0.body) }
        #expect(forms.map { $0["WebIdentityToken"] } == ["first.token", "second.token"])
        #expect(forms.allSatisfy { $0["RoleSessionName"] == "night" })
        #expect(fixture.transport.requests.allSatisfy { !$0.headers.contains { $0.name == "Authorization" } })
    }

    @Test(
        "does not send a malformed web identity token",
        arguments: ["", "abc", "a b c d e", String(repeating: "t", count: 20_001)])
    func badToken(token: String) async throws {
        let fixture = try ChainFixture(
            ["AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/Web"],
            files: ["/token": token])
        #expect(await fixture.problem() == "web identity token file: /token holds no token of 4 to 20,000 characters")
        #expect(fixture.transport.requests.isEmpty)
    }

    @Test("reports an expired token of the broker as unavailable, not as the user's expired token")
    func expiredToken() async throws {
        let fixture = try ChainFixture(
            ["AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/Web"],
            files: ["/token": "a.token"], [Fixture.error(400, "ExpiredTokenException")])
        let credentials = CachedBrokerCredentials(patience: .seconds(60), load: fixture.chain.load)
        let failure = try #require(
            await Fixture([Fixture.success("AssumeRole")]).assumeRole(signedBy: credentials).failure)
        #expect(failure.kind == .unavailable)
        #expect(failure.detail.contains("ExpiredTokenException"))
        #expect(!failure.detail.contains("a.token") && !failure.detail.contains("alice"))
    }
}
