// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Sandbox

@Suite("IAM policy documents")
struct PolicyDocumentTests {
    static let action = "rum:PutRumEvents"
    static let resource = "arn:aws:rum:us-west-2:123456789012:appmonitor/Store"

    static func policy(_ statements: String) -> String {
        #"{"Version":"2012-10-17","Statement":[\#(statements)]}"#
    }

    static func statement(
        effect: String = "Allow", action: String = #""rum:PutRumEvents""#,
        resource: String = #""arn:aws:rum:us-west-2:123456789012:appmonitor/Store""#, rest: String = ""
    ) -> String {
        #"{"Effect":"\#(effect)","Action":\#(action),"Resource":\#(resource)\#(rest)}"#
    }

    @Test(
        "a policy allows the action on the resource",
        arguments: [
            policy(statement()),
            policy(statement(action: #"["rum:GetAppMonitor","rum:PutRumEvents"]"#)),
            policy(statement(action: #""RUM:putrumevents""#)),
            policy(statement(action: #""rum:Put*""#)),
            policy(statement(action: #""*""#, resource: #""*""#)),
            policy(statement(resource: #""arn:aws:rum:us-west-2:*:appmonitor/St?re""#)),
            policy(statement(resource: #"["arn:aws:s3:::x","arn:aws:rum:*:*:appmonitor/Store"]"#)),
            policy(statement(action: #""s3:*""#, resource: #""*""#) + "," + statement()),
            policy(statement() + "," + statement(effect: "Deny", resource: #""arn:aws:rum:*:*:appmonitor/Other""#)),
            policy(statement(rest: #","Sid":"one""#)),
            #"{"Version":"2012-10-17","Statement":\#(statement())}"#,
            #" { "Statement" : [ \#(statement()) ] } "#,
        ])
    func allows(text: String) throws {
        #expect(try EvaluatedPolicy(parsing: text).allows(action: Self.action, resource: Self.resource, in: [:]))
    }

    @Test(
        "a policy does not allow the action on the resource",
        arguments: [
            policy(statement(effect: "Deny")),
            policy(statement() + "," + statement(effect: "Deny")),
            policy(statement() + "," + statement(effect: "Deny", action: #""*""#, resource: #""*""#)),
            policy(statement(action: #""rum:GetAppMonitor""#)),
            policy(statement(action: #""rum:PutRumEvent""#)),
            policy(statement(resource: #""arn:aws:rum:us-west-2:123456789012:appmonitor/store""#)),
            policy(statement(resource: #""arn:aws:rum:us-west-2:123456789012:appmonitor/StoreTwo""#)),
            policy(statement(resource: #""arn:aws:rum:eu-west-1:123456789012:appmonitor/Store""#)),
            // Well-formed, but not supported by this sandbox.
            policy(statement(rest: #","Condition":{"Bool":{"aws:SecureTransport":"true"}}"#)),
            policy(statement(rest: #","Condition":{"StringNotEquals":{"aws:SourceVpc":"vpc-1"}}"#)),
            policy(statement(rest: #","Condition":{"StringNotLike":{"aws:userid":"${aws:username}"}}"#)),
            policy(statement(rest: #","Condition":{"StringEquals":{"aws:SourceIdentity":"nobody"}}"#)),
            policy(#"{"Effect":"Allow","NotAction":"s3:*","Resource":"*"}"#),
            policy(#"{"Effect":"Allow","Action":"rum:*","NotResource":"arn:aws:s3:::x"}"#),
            policy(statement(resource: #""arn:aws:rum:us-west-2:123456789012:appmonitor/${aws:username}""#)),
            policy(statement() + "," + statement(effect: "Deny", rest: #","Condition":{}"#)),
        ])
    func denies(text: String) throws {
        #expect(try !EvaluatedPolicy(parsing: text).allows(action: Self.action, resource: Self.resource, in: [:]))
    }

    @Test(
        "rejects a malformed policy",
        arguments: [
            "", "null", "[]", "{}", "{", "text", #"{"Version":"2012-10-17"}"#,
            #"{"Version":"2012-10-17","Statement":[]}"#,
            #"{"Version":"2013-10-17","Statement":[\#(statement())]}"#,
            #"{"Version":1,"Statement":[\#(statement())]}"#,
            #"{"Version":"2012-10-17","Statement":[\#(statement())],"Extra":1}"#,
            policy(statement()) + "x",
            policy(statement(effect: "allow")),
            policy(#"{"Effect":"Allow","Action":"rum:*"}"#),
            policy(#"{"Effect":"Allow","Resource":"*"}"#),
            policy(#"{"Action":"rum:*","Resource":"*"}"#),
            policy(statement(rest: #","NotAction":"s3:*""#)),
            policy(statement(rest: #","Principal":"*""#)),
            policy(statement(rest: #","Condition":"x""#)),
            policy(statement(rest: #","Condition":{"DateLessThan":{"aws:TokenIssueTime":"yesterday"}}"#)),
            policy(statement(rest: #","Condition":{"StringEquals":{"aws:userid":[]}}"#)),
            policy(statement(action: "[]")),
            policy(statement(action: "1")),
            policy(statement(action: #"["rum:*",1]"#)),
            policy(statement(action: #""PutRumEvents""#)),
            policy(statement(action: #""rum:""#)),
            policy(statement(resource: #""Store""#)),
            policy(statement(resource: "null")),
            policy(statement(rest: #","Effect":"Deny""#)),
            policy("1"),
        ])
    func malformed(text: String) {
        #expect(throws: PolicyError.self) { try EvaluatedPolicy(parsing: text) }
    }

    @Test("evaluates the session policy that the broker sends")
    func brokerPolicy() throws {
        let text =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"rum:PutRumEvents","Resource":"\#(Self.resource)"}]}"#
        let policy = try EvaluatedPolicy(parsing: text)
        #expect(policy.allows(action: Self.action, resource: Self.resource, in: [:]))
        #expect(!policy.allows(action: Self.action, resource: Self.resource + "2", in: [:]))
        #expect(!policy.allows(action: "rum:GetAppMonitor", resource: Self.resource, in: [:]))
    }
}
