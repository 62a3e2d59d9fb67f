// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Sandbox

@Suite("AssumeRole with tags, source identity and external id")
struct AttributedSessionTests {
    static let attributes = [
        "Tags.member.1.Key": "app", "Tags.member.1.Value": "shop", "Tags.member.2.Key": "plan",
        "Tags.member.2.Value": "", "TransitiveTagKeys.member.1": "App", "SourceIdentity": "a-pseudonym",
        "ExternalId": "the-external-id",
    ]
    static let all = #"["sts:AssumeRole","sts:SetSourceIdentity","sts:TagSession"]"#

    @Test("a session keeps its tags and source identity, and the trust policy's conditions must hold")
    func kept() async throws {
        let harness = try Harness(
            trustingGuests: Self.all,
            condition:
                #"{"StringEquals":{"sts:ExternalId":"the-external-id","aws:RequestTag/app":"shop"},"StringLike":{"sts:SourceIdentity":"?*"}}"#
        )
        let answer = try await harness.assumeRole(more: Self.attributes)
        #expect(answer.status == 200)
        #expect(answer.element("SourceIdentity") == "a-pseudonym")
        let session = try harness.storedSession(issuedBy: answer)
        #expect(session.tags.tags == [SessionTag(key: "app", value: "shop"), SessionTag(key: "plan", value: "")])
        #expect(session.tags.transitiveKeys == ["App"])
        #expect(session.sourceIdentity == "a-pseudonym")
        for (name, value) in [("ExternalId", "another-id"), ("Tags.member.1.Value", "store")] {
            var changed = Self.attributes
            changed[name] = value
            #expect(try await harness.assumeRole(more: changed).element("Code") == "AccessDenied")
        }
        for name in ["ExternalId", "SourceIdentity"] {
            var less = Self.attributes
            less[name] = nil
            #expect(try await harness.assumeRole(more: less).element("Code") == "AccessDenied")
        }
    }

    @Test(
        "rejects tags or a source identity that the role's trust policy does not allow",
        arguments: [
            (#""sts:AssumeRole""#, "sts:SetSourceIdentity"),
            (#"["sts:AssumeRole","sts:TagSession"]"#, "sts:SetSourceIdentity"),
            (#"["sts:AssumeRole","sts:SetSourceIdentity"]"#, "sts:TagSession"),
            (#"["sts:TagSession","sts:SetSourceIdentity"]"#, "sts:AssumeRole"),
        ])
    func trusted(actions: String, missing: String) async throws {
        let harness = try Harness(trustingGuests: actions)
        let answer = try await harness.assumeRole(more: Self.attributes)
        #expect(answer.status == 403)
        #expect(
            answer.element("Message")
                == "User: arn:aws:iam::123456789012:user/purser is not authorized to perform: \(missing) on resource: \(Harness.guestRole)"
        )
    }

    @Test("GetCallerIdentity returns the signer of the request")
    func callerIdentity() async throws {
        let harness = try Harness()
        func identity(_ signer: RequestSigner) async throws -> Harness.Answer {
            let body = harness.form(["Action": "GetCallerIdentity", "Version": "2011-06-15"])
            return try await harness.send(
                signer.signed(
                    SignedRequest(method: "POST", target: "/", headers: Harness.formHeaders, body: body)))
        }
        let broker = try await identity(harness.broker)
        #expect(broker.status == 200)
        #expect(broker.body.hasPrefix("<GetCallerIdentityResponse xmlns="))
        #expect(broker.element("Arn") == "arn:aws:iam::123456789012:user/purser")
        #expect(broker.element("Account") == "123456789012")
        #expect(broker.element("UserId")?.hasPrefix("AIDA") == true)
        let role = try await harness.assumeRole()
        let session = try await identity(try harness.session(in: role))
        #expect(session.element("Arn") == "arn:aws:sts::123456789012:assumed-role/DemoStoreGuest/guests")
        #expect(session.element("UserId") == role.element("AssumedRoleId"))
        var forger = harness.broker
        forger.secret = String(forger.secret.reversed())
        #expect(try await identity(forger).element("Code") == "SignatureDoesNotMatch")
    }
}
