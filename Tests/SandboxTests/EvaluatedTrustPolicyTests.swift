// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Sandbox

@Suite("Trust policies")
struct TrustPolicyTests {
    static func document(_ statements: String...) -> String {
        #"{"Version":"2012-10-17","Statement":[\#(statements.joined(separator: ","))]}"#
    }

    static let user = #""Principal":{"AWS":"arn:aws:iam::123456789012:user/purser"},"Action":"sts:AssumeRole""#

    @Test("a trust policy allows only a matching principal, action and conditions")
    func matches() throws {
        let trust = try EvaluatedTrustPolicy(
            parsing: Self.document(
                #"{"Effect":"Allow",\#(Self.user),"Condition":{"StringEquals":{"sts:ExternalId":"id","aws:RequestTag/App":["shop","bar"]}}}"#
            ))
        let purser = EvaluatedTrustPolicy.Principal.aws("arn:aws:iam::123456789012:user/purser")
        let context = ["sts:externalid": "id", "aws:requesttag/app": "bar"]
        #expect(trust.allows(action: "sts:AssumeRole", by: purser, in: context))
        #expect(!trust.allows(action: "sts:TagSession", by: purser, in: context))
        #expect(!trust.allows(action: "sts:AssumeRole", by: purser, in: ["sts:externalid": "id"]))
        #expect(!trust.allows(action: "sts:AssumeRole", by: purser, in: [:]))
        let others: [EvaluatedTrustPolicy.Principal] = [
            .aws("arn:aws:iam::123456789012:user/purser2"), .federated("arn:aws:iam::123456789012:user/purser"),
        ]
        for other in others { #expect(!trust.allows(action: "sts:AssumeRole", by: other, in: context)) }
    }

    @Test("a Deny statement overrides an Allow statement in a trust policy")
    func denial() throws {
        let trust = try EvaluatedTrustPolicy(
            parsing: Self.document(
                #"{"Effect":"Allow",\#(Self.user)}"#,
                #"{"Effect":"Deny",\#(Self.user),"Condition":{"StringLike":{"sts:SourceIdentity":"bad*"}}}"#))
        let purser = EvaluatedTrustPolicy.Principal.aws("arn:aws:iam::123456789012:user/purser")
        #expect(trust.allows(action: "sts:AssumeRole", by: purser, in: ["sts:sourceidentity": "good"]))
        #expect(!trust.allows(action: "sts:AssumeRole", by: purser, in: ["sts:sourceidentity": "bad one"]))
    }

    static let invalid = [
        "{", "{}", document(), #"{"Version":"2008-10-17","Statement":{"Effect":"Allow",\#(user)}}"#,
        document(#"{"Effect":"allow",\#(user)}"#), document(#"{"Effect":"Allow",\#(user),"Resource":"*"}"#),
        document(#"{"Effect":"Allow",\#(user),"Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}"#),
        document(#"{"Effect":"Allow",\#(user),"Condition":{"StringLike":{"sts:RoleSessionName":"${aws:username}"}}}"#),
        document(#"{"Effect":"Allow",\#(user),"Condition":{"StringEquals":{"sts:ExternalId":[]}}}"#),
        document(#"{"Effect":"Allow",\#(user),"Condition":{"StringEquals":"sts:ExternalId"}}"#),
        document(#"{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}"#),
        document(#"{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}"#),
        document(#"{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}"#),
        document(#"{"Effect":"Allow","Principal":{"AWS":"a"},"Action":"s3:ListBuckets"}"#),
    ]

    @Test("rejects a malformed or unsupported trust policy at start", arguments: invalid)
    func rejects(text: String) {
        #expect(throws: PolicyError.self) { try EvaluatedTrustPolicy(parsing: text) }
        var configuration = SandboxConfiguration.demo
        configuration.mintedGuestRole.trust = text
        #expect(throws: PolicyError.self) { try Sandbox(configuration: configuration) }
    }
}
