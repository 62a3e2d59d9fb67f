// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import Testing

@testable import Sandbox

@Suite("GetScopedCredentials")
struct ScopedCredentialsTests {
    private static let monitors = "arn:aws:rum:us-west-2:123456789012:appmonitor"
    private let harness: Harness

    init() throws {
        harness = try Harness()
    }

    private static func allow(_ action: String, _ resource: String = "*") -> String {
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"\#(action)","Resource":"\#(resource)"}]}"#
    }

    private func scope(
        _ signer: RequestSigner, policy: String? = nil, duration: String? = nil, more: [String: String] = [:],
        in harness: Harness? = nil
    ) async throws -> Harness.Answer {
        let harness = harness ?? self.harness
        var body = harness.form([
            "Action": "GetScopedCredentials", "Version": "2011-06-15", "Policy": policy, "DurationSeconds": duration,
        ])
        for (name, value) in more { body += Array("&".utf8) + harness.form([name: value]) }
        return try await harness.send(
            signer.signed(SignedRequest(method: "POST", target: "/", headers: Harness.formHeaders, body: body)))
    }

    /// The error code of a response; `nil` for a success.
    private func code(_ answer: Harness.Answer) -> String? { answer.status == 200 ? nil : answer.element("Code") }

    @Test("issues others with the same identity, until the requested time")
    func identity() async throws {
        let harness = try Harness(trustingGuests: #"["sts:AssumeRole","sts:SetSourceIdentity","sts:TagSession"]"#)
        let parent = try await harness.assumeRole(
            more: ["SourceIdentity": "purser", "Tags.member.1.Key": "app", "Tags.member.1.Value": "store"])
        let signer = try harness.session(in: parent)
        let answer = try await scope(signer, duration: "60", more: ["ScopedSessionDescription": "app"], in: harness)
        #expect(answer.status == 200)
        #expect(
            answer.body.hasPrefix(
                #"<GetScopedCredentialsResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">"#
                    + "<GetScopedCredentialsResult>"))
        #expect(answer.element("Expiration") == (Harness.start + 60).formatted(.iso8601))
        #expect(answer.element("AccessKeyId") != parent.element("AccessKeyId"))
        #expect(answer.element("Arn") == parent.element("Arn"))
        #expect(answer.element("ScopedSessionId") == parent.element("AssumedRoleId"))
        #expect(answer.element("SourceIdentity") == "purser")
        #expect(answer.element("ScopedPoliciesCount") == "0")
        #expect(answer.element("SessionTokenSize") == answer.element("SessionToken").map { String($0.utf8.count) })
        let session = try harness.storedSession(issuedBy: answer)
        #expect(session.tags.tags == [SessionTag(key: "app", value: "store")])
    }

    @Test("the result is the intersection of all policies")
    func intersection() async throws {
        let one = "\(Self.monitors)/DemoStore_Unauthenticated"
        let other = "\(Self.monitors)/DemoStore_Authenticated"
        let parent = try await harness.guestSession()
        let child = try await scope(parent, policy: Self.allow("*", "\(Self.monitors)/DemoStore_*"))
        #expect(child.element("ScopedPoliciesCount") == "1")
        let both = try harness.storedSession(issuedBy: child)
        #expect(both.allows(action: "rum:PutRumEvents", resource: one))
        #expect(both.allows(action: "rum:PutRumEvents", resource: other))
        #expect(!both.allows(action: "sts:GetScopedCredentials", resource: "*"), "the child's policy does not allow it")
        let narrow = try harness.storedSession(
            issuedBy: await scope(parent, policy: Self.allow("rum:PutRumEvents", one)))
        #expect(narrow.allows(action: "rum:PutRumEvents", resource: one))
        #expect(!narrow.allows(action: "rum:PutRumEvents", resource: other))
        let wide = try harness.storedSession(issuedBy: await scope(parent, policy: Self.allow("*")))
        #expect(!wide.allows(action: "rum:GetAppMonitor", resource: one), "the role does not allow it")
    }

    @Test("without a duration it lasts as long as the calling session, and never longer")
    func lifetime() async throws {
        let parent = try await harness.guestSession()
        let end = (Harness.start + 900).formatted(.iso8601)
        #expect(try await scope(parent, policy: Self.allow("*")).element("Expiration") == end)
        #expect(try await scope(parent, duration: "900").element("Expiration") == end)
        #expect(code(try await scope(parent, duration: "901")) == "InsufficientSessionLifetime")
        #expect(code(try await scope(parent, duration: "129601")) == "ValidationError")
        #expect(code(try await scope(parent, duration: "0")) == "ValidationError")
        #expect(code(try await scope(parent, duration: "1")) == nil)
    }

    @Test("adds three policies at most; a shorter lifetime alone is no layer")
    func layers() async throws {
        var signer = try await harness.guestSession()
        for number in 1...3 {
            let answer = try await scope(signer, policy: Self.allow("*"))
            #expect(answer.element("ScopedPoliciesCount") == String(number))
            signer = try harness.session(in: answer)
        }
        #expect(code(try await scope(signer, policy: Self.allow("*"))) == "AccessDenied")
        #expect(code(try await scope(signer, duration: "60")) == nil)
    }

    @Test("requires temporary credentials whose policies allow the action, and a valid signature")
    func caller() async throws {
        #expect(code(try await scope(harness.broker, duration: "60")) == "InvalidSubjectCredentials")
        let strict = try await harness.guestSession(policy: Self.allow("rum:PutRumEvents"))
        let refused = try await scope(strict, duration: "60")
        #expect(refused.status == 403 && code(refused) == "AccessDenied")
        #expect(refused.element("Message")?.contains("sts:GetScopedCredentials") == true)
        let unknown = RequestSigner(
            accessKeyID: "ASIAUNKNOWN000000000", secret: "s", sessionToken: "t", service: "sts", date: harness.now)
        #expect(code(try await scope(unknown, duration: "60")) == "InvalidClientTokenId")
    }

    @Test("checks the parameters as AWS's service model has them")
    func parameters() async throws {
        let parent = try await harness.guestSession()
        #expect(code(try await scope(parent)) == "ValidationError", "neither Policy nor DurationSeconds")
        #expect(code(try await scope(parent, policy: "{")) == "MalformedPolicyDocument")
        #expect(code(try await scope(parent, policy: String(repeating: " ", count: 2_049))) == "ValidationError")
        for text in ["x", String(repeating: "x", count: 257), "caf\u{e9}\u{a0}", "line\u{0}"] {
            let answer = try await scope(parent, duration: "60", more: ["ScopedSessionDescription": text])
            #expect(code(answer) == "ValidationError", "\(text.utf8.count)")
        }
        for text in ["ab", String(repeating: "\u{ff}", count: 256), "a\tb\r\n"] {
            let answer = try await scope(parent, duration: "60", more: ["ScopedSessionDescription": text])
            #expect(code(answer) == nil)
        }
        let unknown = try await scope(parent, duration: "60", more: ["PolicyArns.member.1.arn": "x"])
        #expect(code(unknown) == "ValidationError")
    }

    @Test("pads the session token to the requested size")
    func tokenSize() async throws {
        let parent = try await harness.guestSession()
        for size in [0, 1_000, 4_096] {
            let answer = try await scope(parent, duration: "60", more: ["MinimumSessionTokenSize": String(size)])
            let length = try #require(answer.element("SessionToken")).utf8.count
            #expect(length >= size && length <= max(size + 4, 420))
            #expect(answer.element("SessionTokenUtilization") == String((length * 100 + 4_095) / 4_096))
        }
        let larger = try await scope(parent, duration: "60", more: ["MinimumSessionTokenSize": "4097"])
        #expect(code(larger) == "ValidationError")
    }

    @Test("the policies of all layers and the tags share one limit of size")
    func packedSize() async throws {
        let padded = Self.allow("*") + String(repeating: " ", count: 1_000)
        let child = try harness.session(in: await scope(try await harness.guestSession(), policy: padded))
        #expect(code(try await scope(child, policy: padded)) == "PackedPolicyTooLarge")
    }
}
