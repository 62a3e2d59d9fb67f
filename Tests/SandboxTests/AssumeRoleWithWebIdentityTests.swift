// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Tokens

@testable import Sandbox

@Suite("AssumeRoleWithWebIdentity")
struct AssumeRoleWithWebIdentityTests {
    let harness: Harness

    init() throws {
        harness = try Harness()
    }

    @Test("issues a session of the signed-in role for a valid token")
    func succeeds() async throws {
        let answer = try await harness.webIdentity(
            token: try await harness.idToken(), policy: SandboxConfiguration.demo.signedInRole.policy)
        #expect(answer.status == 200)
        #expect(answer.body.hasPrefix("<AssumeRoleWithWebIdentityResponse xmlns="))
        #expect(answer.element("AccessKeyId")?.hasPrefix("ASIA") == true)
        #expect(answer.element("Arn") == "arn:aws:sts::123456789012:assumed-role/DemoStoreSignedIn/user-1")
        #expect(answer.element("SubjectFromWebIdentityToken") == SandboxConfiguration.demo.users[0].subject)
        #expect(answer.element("Audience") == "demo-store")
        #expect(answer.element("Provider") == "arn:aws:iam::123456789012:oidc-provider/127.0.0.1:8090")
        #expect(answer.element("Expiration") == (Harness.start + 43_200).formatted(.iso8601))
        #expect(answer.element("PackedPolicySize") == "12")
    }

    @Test("a session may write only to the monitor that its session policy names")
    func session() async throws {
        let configuration = harness.sandbox.configuration
        let policy = Harness.policy(configuration.arn(of: configuration.signedInMonitor))
        var signer = try harness.session(
            in: await harness.webIdentity(token: try await harness.idToken(), policy: policy))
        signer.service = "rum"
        #expect(try await harness.put(monitor: configuration.signedInMonitor, as: signer).status == 200)
        #expect(try await harness.put(monitor: configuration.guestMonitor, as: signer).status == 403)
    }

    @Test("rejects an expired token")
    func expired() async throws {
        let token = try await harness.idToken()
        harness.advance(by: 3_600 + 61)
        let answer = try await harness.webIdentity(token: token)
        #expect(answer.status == 400)
        #expect(answer.element("Code") == "ExpiredTokenException")
        #expect(answer.element("Message")?.contains(token) == false)
    }

    @Test("rejects a token with a cached verdict once it expires")
    func expiresBetween() async throws {
        let token = try await harness.idToken()
        #expect(try await harness.webIdentity(token: token).status == 200)
        harness.advance(by: 3_600 + 61)
        #expect(try await harness.webIdentity(token: token).element("Code") == "ExpiredTokenException")
    }

    @Test("rejects a forged token", arguments: ["signature", "payload", "other key", "none"])
    func forged(flaw: String) async throws {
        let token = try await harness.idToken()
        let parts = token.split(separator: ".").map(String.init)
        let forged: String
        switch flaw {
        case "signature":
            let first = parts[2].hasPrefix("A") ? "B" : "A"
            forged = "\(parts[0]).\(parts[1]).\(first)\(parts[2].dropFirst())"
        case "payload":
            let other = try #require(
                try await harness.token(user: "bob", password: "builder").json["id_token"] as? String)
            forged = "\(parts[0]).\(other.split(separator: ".")[1]).\(parts[2])"
        case "other key": forged = try await Harness().idToken()
        default: forged = "eyJhbGciOiJub25lIn0.\(parts[1])."
        }
        let answer = try await harness.webIdentity(token: forged)
        #expect(answer.status == 400)
        #expect(answer.element("Code") == "InvalidIdentityToken")
    }

    @Test("rejects a validly signed token for another audience")
    func otherAudience() async throws {
        let answer = try await harness.webIdentity(token: try harness.signed(["aud": "other-store"]))
        #expect(answer.status == 400)
        #expect(answer.element("Code") == "InvalidIdentityToken")
        #expect(answer.element("Message") == "Incorrect token audience")
        #expect(try await harness.webIdentity(token: try harness.signed([:])).status == 200)
    }

    @Test("rejects a validly signed token of another issuer")
    func otherIssuer() async throws {
        let answer = try await harness.webIdentity(token: try harness.signed(["iss": "http://127.0.0.1:8091"]))
        #expect(answer.status == 400)
        #expect(answer.element("Code") == "InvalidIdentityToken")
        #expect(answer.element("Message")?.hasPrefix("No OpenIDConnect provider found in your account") == true)
    }

    @Test(
        "rejects a missing or malformed token",
        arguments: [
            ("abc", "ValidationError"), ("abcd", "InvalidIdentityToken"), ("a.b.c", "InvalidIdentityToken"),
            (String(repeating: "x", count: 20_000), "InvalidIdentityToken"),
            (String(repeating: "x", count: 20_001), "ValidationError"), (nil, "ValidationError"),
        ] as [(String?, String)])
    func malformed(token: String?, code: String) async throws {
        let answer = try await harness.webIdentity(token: token)
        #expect(answer.status == 400)
        #expect(answer.element("Code") == code)
    }

    @Test(
        "rejects a role that does not exist or that only the broker may assume",
        arguments: [
            "arn:aws:iam::123456789012:role/Nobody", Harness.guestRole,
        ])
    func accessDenied(role: String) async throws {
        let answer = try await harness.webIdentity(token: try await harness.idToken(), role: role)
        #expect(answer.status == 403)
        #expect(answer.element("Code") == "AccessDenied")
        #expect(answer.element("Message") == "Not authorized to perform sts:AssumeRoleWithWebIdentity")
    }

    @Test(
        "validates the other parameters as AssumeRole does",
        arguments: [
            ("RoleSessionName", "a b", "ValidationError"), ("DurationSeconds", "899", "ValidationError"),
            ("Policy", "{", "MalformedPolicyDocument"), ("ProviderId", "www.amazon.com", "ValidationError"),
        ])
    func parameters(name: String, value: String, code: String) async throws {
        let answer = try await harness.webIdentity(token: try await harness.idToken(), replacing: [name: value])
        #expect(answer.status == 400)
        #expect(answer.element("Code") == code)
    }
}
