// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Sandbox

@Suite("Parameters of AssumeRole")
struct AssumeRoleParameterTests {
    let harness: Harness

    init() throws {
        harness = try Harness()
    }

    @Test(
        "a session name has 2 to 64 characters of AWS's allowed set",
        arguments: [
            ("ab", 200), (String(repeating: "x", count: 64), 200), ("user-1@x=+,._", 200), ("a", 400), ("", 400),
            (String(repeating: "x", count: 65), 400), ("a b", 400), ("a/b", 400), ("café", 400), ("a:b", 400),
        ])
    func sessionName(name: String, status: Int) async throws {
        let answer = try await harness.assumeRole(name: name)
        #expect(answer.status == status)
        if status == 400 { #expect(answer.element("Code") == "ValidationError") }
    }

    @Test(
        "the session duration is 900 to 43,200 seconds",
        arguments: [
            ("899", "ValidationError"), ("43201", "ValidationError"), ("0", "ValidationError"),
            ("-900", "MalformedInput"),
            ("1h", "MalformedInput"), ("9999999999999999999999", "MalformedInput"), ("900", nil), ("43200", nil),
        ])
    func duration(seconds: String, code: String?) async throws {
        let answer = try await harness.assumeRole(duration: seconds)
        #expect(answer.status == (code == nil ? 200 : 400))
        #expect(answer.element("Code") == code)
    }

    @Test("rejects a duration over the role's maximum")
    func roleMaximum() async throws {
        var configuration = SandboxConfiguration.demo
        configuration.guestRole.maximumSessionDuration = 3_600
        let harness = try Harness(configuration)
        let answer = try await harness.assumeRole(duration: "3601")
        #expect(answer.element("Code") == "ValidationError")
        #expect(
            answer.element("Message")
                == "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
        #expect(try await harness.assumeRole(duration: "3600").status == 200)
    }

    @Test(
        "rejects a role ARN that is missing or not 20 to 2,048 characters long",
        arguments: [String?.none, "", "arn", String(repeating: "x", count: 2_049)])
    func roleARN(role: String?) async throws {
        let answer = try await harness.assumeRole(role: role)
        #expect(answer.status == 400)
        #expect(answer.element("Code") == "ValidationError")
    }

    @Test(
        "rejects a malformed session policy", arguments: ["{", "{}", #"{"Version":"2012-10-17","Statement":[]}"#, "x"])
    func malformedPolicy(policy: String) async throws {
        let answer = try await harness.assumeRole(policy: policy)
        #expect(answer.status == 400)
        #expect(answer.element("Code") == "MalformedPolicyDocument")
    }

    @Test("a session policy has at most 2,048 characters, all of them U+0020 to U+00FF")
    func policyLength() async throws {
        let policy = SandboxConfiguration.demo.guestRole.policy
        let full = policy + String(repeating: " ", count: 2_048 - policy.utf8.count)
        #expect(try await harness.assumeRole(policy: full).element("PackedPolicySize") == "100")
        #expect(try await harness.assumeRole(policy: full + " ").element("Code") == "ValidationError")
        #expect(try await harness.assumeRole(policy: policy + "\u{100}").element("Code") == "ValidationError")
    }

    @Test("rejects policy and tags that together exceed the packed size")
    func packedPolicyTooLarge() async throws {
        let policy = SandboxConfiguration.demo.guestRole.policy
        let full = policy + String(repeating: " ", count: 2_000 - policy.utf8.count)
        let answer = try await harness.assumeRole(
            policy: full, more: ["Tags.member.1.Key": "k", "Tags.member.1.Value": String(repeating: "v", count: 200)])
        #expect(answer.status == 400)
        #expect(answer.element("Code") == "PackedPolicyTooLarge")
    }

    static let rejected: [([String: String], String)] = [
        (["Tags.member.1.Key": "a"], "ValidationError"),
        (["Tags.member.2.Key": "a", "Tags.member.2.Value": "b"], "ValidationError"),
        (["Tags.member.1.Key": "", "Tags.member.1.Value": "b"], "ValidationError"),
        (
            [
                "Tags.member.1.Key": "a", "Tags.member.1.Value": "b", "Tags.member.2.Key": "A",
                "Tags.member.2.Value": "b",
            ], "InvalidParameterValue"
        ),
        (["Tags.member.1.Key": "a;b", "Tags.member.1.Value": "b"], "ValidationError"),
        (["Tags.member.1.Key": "a", "Tags.member.1.Value": "b;c"], "ValidationError"),
        (["Tags.member.1.Key": "AWS:a", "Tags.member.1.Value": "b"], "InvalidParameterValue"),
        (
            ["Tags.member.1.Key": "a", "Tags.member.1.Value": "b", "TransitiveTagKeys.member.1": "c"],
            "InvalidParameterValue"
        ),
        (["TransitiveTagKeys.member.2": "a"], "ValidationError"),
        (["ExternalId": "a"], "ValidationError"),
        (["SourceIdentity": "a b"], "ValidationError"),
        (["SourceIdentity": "a"], "ValidationError"),
        (["PolicyArns.member.1.arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"], "ValidationError"),
        (["TokenCode": "123456"], "ValidationError"),
    ]

    @Test("rejects invalid tags and source identities, and unsupported parameters", arguments: rejected)
    func otherParameters(parameters: [String: String], code: String) async throws {
        let answer = try await harness.assumeRole(more: parameters)
        #expect(answer.status == 400)
        #expect(answer.element("Code") == code)
    }

    static let actions: [(String?, String?, String)] = [
        ("GetSessionToken", "2011-06-15", "InvalidAction"), ("assumerole", "2011-06-15", "InvalidAction"),
        ("AssumeRole", "2010-05-08", "InvalidAction"), (nil, "2011-06-15", "MissingAction"),
        ("AssumeRole", nil, "MissingAction"),
    ]

    @Test("rejects an unknown action, another version or a missing action", arguments: actions)
    func action(action: String?, version: String?, code: String) async throws {
        let body = harness.form(["Action": action, "Version": version])
        let answer = try await harness.send("POST", "/", headers: Harness.formHeaders, body: body)
        #expect(answer.status == 400)
        #expect(answer.element("Code") == code)
    }

    @Test("rejects a body that is not a valid form", arguments: ["a", "a=%zz", "Action=AssumeRole&Action=AssumeRole"])
    func malformedBody(body: String) async throws {
        let answer = try await harness.send("POST", "/", headers: Harness.formHeaders, body: Array(body.utf8))
        #expect(answer.status == 400)
        #expect(answer.element("Code") == "MalformedInput")
    }

    @Test("rejects a content type other than a form")
    func contentType() async throws {
        let answer = try await harness.send(
            "POST", "/", headers: [("Content-Type", "application/json")], body: Array("{}".utf8))
        #expect(answer.element("Code") == "MalformedInput")
    }

    @Test("rejects a body over 64 KiB")
    func tooLarge() async throws {
        let body = [UInt8](repeating: UInt8(ascii: "a"), count: (64 << 10) + 1)
        #expect(try await harness.send("POST", "/", headers: Harness.formHeaders, body: body).status == 413)
    }
}
