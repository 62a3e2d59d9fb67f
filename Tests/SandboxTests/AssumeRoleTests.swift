// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import Testing

@testable import Sandbox

@Suite("AssumeRole")
struct AssumeRoleTests {
    let harness: Harness

    init() throws {
        harness = try Harness()
    }

    @Test("issues the broker a session of the guest role")
    func succeeds() async throws {
        let answer = try await harness.assumeRole()
        #expect(answer.status == 200)
        #expect(answer.headers[.contentType] == "text/xml")
        #expect(answer.headers[.cacheControl] == "no-store")
        #expect(answer.element("AccessKeyId")?.hasPrefix("ASIA") == true)
        #expect(answer.element("AccessKeyId")?.utf8.count == 20)
        #expect(answer.element("SecretAccessKey")?.utf8.count == 40)
        #expect((answer.element("SessionToken")?.utf8.count ?? 0) > 300)
        #expect(answer.element("Expiration") == (Harness.start + 900).formatted(.iso8601))
        #expect(answer.element("Arn") == "arn:aws:sts::123456789012:assumed-role/DemoStoreGuest/guests")
        #expect(answer.element("AssumedRoleId")?.hasSuffix(":guests") == true)
        #expect(answer.body.hasPrefix(#"<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">"#))
        #expect(answer.element("RequestId")?.utf8.count == 36)
        #expect(answer.element("SubjectFromWebIdentityToken") == nil)
        #expect(answer.element("PackedPolicySize") == nil)
    }

    @Test("serves STS at the path /sts too")
    func otherPath() async throws {
        #expect(try await harness.assumeRole(path: "/sts").status == 200)
    }

    @Test("the session duration is one hour by default")
    func defaultDuration() async throws {
        let answer = try await harness.assumeRole(duration: nil)
        #expect(answer.element("Expiration") == (Harness.start + 3_600).formatted(.iso8601))
    }

    @Test("reports the packed size of policy and tags, and returns the source identity")
    func packedSize() async throws {
        let harness = try Harness(trustingGuests: #"["sts:AssumeRole","sts:SetSourceIdentity","sts:TagSession"]"#)
        let answer = try await harness.assumeRole(
            policy: SandboxConfiguration.demo.guestRole.policy,
            more: ["SourceIdentity": "purser", "Tags.member.1.Key": "app", "Tags.member.1.Value": "store"])
        #expect(answer.status == 200)
        #expect(answer.element("PackedPolicySize") == "12")
        #expect(answer.element("SourceIdentity") == "purser")
    }

    @Test(
        "rejects a role that does not exist or that only web identities may assume",
        arguments: [
            "arn:aws:iam::123456789012:role/Nobody", "arn:aws:iam::123456789012:role/DemoStoreSignedIn",
        ])
    func accessDenied(role: String) async throws {
        let answer = try await harness.assumeRole(role: role)
        #expect(answer.status == 403)
        #expect(answer.element("Code") == "AccessDenied")
        #expect(answer.element("Type") == "Sender")
    }

    @Test("rejects role chaining by a session, and later the expired session")
    func chaining() async throws {
        let session = try await harness.guestSession()
        let answer = try await harness.assumeRole(signer: session)
        #expect(answer.element("Code") == "AccessDenied")
        harness.advance(by: 901)
        var late = session
        late.date = harness.now
        #expect(try await harness.assumeRole(signer: late).element("Code") == "ExpiredToken")
    }

    @Test(
        "rejects an AssumeRole request with an invalid signature",
        arguments: [
            ("secret", 403, "SignatureDoesNotMatch"), ("key", 403, "InvalidClientTokenId"),
            ("region", 403, "SignatureDoesNotMatch"), ("service", 403, "SignatureDoesNotMatch"),
            ("past", 403, "SignatureDoesNotMatch"), ("future", 403, "SignatureDoesNotMatch"),
            ("token", 403, "InvalidClientTokenId"),
        ])
    func invalidSignature(flaw: String, status: Int, code: String) async throws {
        var signer = harness.broker
        switch flaw {
        case "secret": signer.secret = String(signer.secret.reversed())
        case "key": signer.accessKeyID = "AKIAIOSFODNN7EXAMPLE"
        case "region": signer.region = "us-east-1"
        case "service": signer.service = "rum"
        case "past": signer.date -= 301
        case "future": signer.date += 301
        default: signer.sessionToken = "token"
        }
        let answer = try await harness.assumeRole(signer: signer)
        #expect(answer.status == status)
        #expect(answer.element("Code") == code)
    }

    @Test("accepts a clock skew of five minutes", arguments: [-300.0, 300.0])
    func skew(seconds: TimeInterval) async throws {
        var signer = harness.broker
        signer.date += seconds
        #expect(try await harness.assumeRole(signer: signer).status == 200)
    }

    @Test("rejects a request with a missing or malformed signature")
    func unsigned() async throws {
        let body = harness.form(["Action": "AssumeRole", "Version": "2011-06-15"])
        let missing = try await harness.send("POST", "/", headers: Harness.formHeaders, body: body)
        #expect(missing.status == 403)
        #expect(missing.element("Code") == "MissingAuthenticationToken")
        let malformed = try await harness.send(
            "POST", "/", headers: Harness.formHeaders + [("Authorization", "AWS4-HMAC-SHA256 nonsense")], body: body)
        #expect(malformed.status == 400)
        #expect(malformed.element("Code") == "IncompleteSignature")
    }

    @Test("rejects a body that was changed after signing")
    func changedBody() async throws {
        var request = harness.assumeRoleRequest()
        request.body += Array("&ExternalId=xx".utf8)
        #expect(try await harness.send(request).element("Code") == "SignatureDoesNotMatch")
    }
}
