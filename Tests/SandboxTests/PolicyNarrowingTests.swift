// SPDX-License-Identifier: Apache-2.0

import Testing
import Tokens
import Vending

@testable import Sandbox

/// Checks session policies that Purser narrows by a caller's policy. The sandbox's evaluator shares no code with
/// Purser.
@Suite("Session policies narrowed by a caller's policy")
struct PolicyNarrowingTests {
    static let monitor = AppMonitor(
        name: "Shop", id: "11111111-2222-3333-4444-555555555555", region: "us-west-2", account: "123456789012",
        partition: "aws", endpoint: "https://dataplane.rum.us-west-2.amazonaws.com")
    static let full = SessionPolicy(monitor)

    /// The session policy for a caller's policy: outer `nil` if the caller's policy is malformed, inner `nil` if
    /// nothing is left of it.
    private func narrowed(_ text: String) -> SessionPolicy?? {
        CallerPolicy(text: text).map { SessionPolicy.narrowed(Self.monitor, by: $0) }
    }

    private func statement(
        effect: String = "Allow", _ members: String = #""Action":"rum:PutRumEvents","Resource":"*""#
    ) -> String {
        #"{"Version":"2012-10-17","Statement":[{"Effect":"\#(effect)",\#(members)}]}"#
    }

    @Test("no caller policy widens a session, for 800 random policies and every action and resource")
    func nothingWidens() throws {
        var random = SplitMix(state: 7)
        let full = try EvaluatedPolicy(parsing: Self.full.json)
        var counts = (none: 0, same: 0, less: 0, granted: 0, exact: 0)
        for _ in 0..<800 {
            let policy = RandomPolicy(using: &random)
            let outcome = try #require(narrowed(policy.text), "\(policy.text)")
            let session = try outcome.map { try EvaluatedPolicy(parsing: $0.json) }
            switch outcome {
            case nil: counts.none += 1
            case Self.full: counts.same += 1
            case .some: counts.less += 1
            }
            let caller = try EvaluatedPolicy(parsing: policy.plain)
            // If the evaluator does not support the caller's policy, there is nothing to compare with.
            let isComparable = caller.statements.allSatisfy(\.isUnderstood)
            for action in RandomPolicy.actions {
                for resource in RandomPolicy.resources {
                    for context in RandomPolicy.contexts {
                        let isAllowed = { (document: EvaluatedPolicy) in
                            document.allows(action: action, resource: resource, in: context)
                        }
                        let has = session.map(isAllowed) ?? false
                        if has { counts.granted += 1 }
                        guard !has || isAllowed(full), !has || !isComparable || isAllowed(caller) else {
                            Issue.record("\(policy.text) widened to \(outcome?.json ?? "")")
                            return
                        }
                        guard isComparable, policy.isCertain else { continue }
                        counts.exact += 1
                        guard has == (isAllowed(full) && isAllowed(caller)) else {
                            Issue.record("\(policy.text) narrows more than it states: \(outcome?.json ?? "")")
                            return
                        }
                    }
                }
            }
        }
        #expect(counts.none > 100 && counts.same > 100 && counts.less > 100, "\(counts)")
        #expect(counts.granted > 500 && counts.exact > 5_000, "\(counts)")
    }

    @Test(
        "a caller policy that restricts nothing leaves Purser's session policy unchanged",
        arguments: [
            #""Action":"*","Resource":"*""#, #""Action":["s3:*","RUM:put*"],"Resource":["*"]"#,
            #""NotAction":"s3:*","Resource":"arn:aws:rum:us-west-2:123456789012:appmonitor/Shop""#,
            #""Action":"rum:PutRumEvents","NotResource":"arn:aws:s3:::*""#,
            #""Action":"rum:PutRumEvents","Resource":"arn:aws:rum:*:*:appmonitor/*","Condition":{}"#,
        ])
    func same(members: String) {
        #expect(narrowed(statement(members)) == .some(.some(Self.full)))
    }

    @Test(
        "a statement that AWS might not evaluate as an Allow grants nothing",
        arguments: [
            #""Action":"r*:PutRumEvents","Resource":"*""#, #""Action":"rum:PutRumEvents","Resource":"arn:*""#,
            #""Action":"rum:PutRumEvents","Resource":"arn:aws:rum:us-west-2:123456789012:${aws:x}""#,
            #""Action":"rum:PutRumEvents","Resource":"arn:aws:rum:*appmonitor/Shop""#,
            #""Action":"rum:PutRumEvents","NotResource":"arn:*${x}""#, #""NotAction":"*:Nothing*","NotResource":"*""#,
            #""Action":"rum:PutRumEvents","Resource":"arn:aws:rum:us-west-2:123456789012:appmonitor/shop""#,
            #""NotAction":"rum:Put*","Resource":"*""#,
        ])
    func doubtfulAllow(members: String) {
        #expect(narrowed(statement(members)) == .some(nil))
    }

    @Test(
        "a statement that AWS might evaluate as a Deny denies",
        arguments: [
            #""Action":"r*:PutRumEvents","Resource":"*""#, #""Action":"*","Resource":"arn:*""#,
            #""Action":"*","Resource":"arn:aws:rum:us-west-2:${aws:x}:nothing""#,
            #""NotAction":"r*:Put*","Resource":"*""#, #""Action":"*","NotResource":"arn:*""#,
        ])
    func doubtfulDeny(members: String) {
        let allow = #"{"Effect":"Allow","Action":"*","Resource":"*"}"#
        let deny = #"{"Effect":"Deny",\#(members)}"#
        #expect(narrowed(#"{"Version":"2012-10-17","Statement":[\#(allow),\#(deny)]}"#) == .some(nil))
    }

    @Test("conditions are copied verbatim, in ASCII and with the caller's policy version")
    func conditions() {
        let text =
            #"{"Statement":[{"Sid":"é","Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringLike":{"aws:userid":["${aws:x}","é\ud83d\ude00\""]}}},{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":false},"NumericLessThanIfExists":{"a:b":1.50}}}]}"#
        let resource = #""Action":"rum:PutRumEvents","Resource":"\#(Self.monitor.arn)""#
        #expect(
            narrowed(text)??.json
                == #"{"Version":"2008-10-17","Statement":[{"Effect":"Allow",\#(resource),"Condition":{"StringLike":{"aws:userid":["${aws:x}","\u00e9\ud83d\ude00\""]}}},{"Effect":"Deny",\#(resource),"Condition":{"Bool":{"aws:SecureTransport":false},"NumericLessThanIfExists":{"a:b":1.50}}}]}"#
        )
    }

    @Test(
        "rejects a malformed or unsupported caller policy as a whole",
        arguments: [
            "", "[]", "{}", #"{"Version":"2012-10-17"}"#, #"{"Statement":[]}"#, #"{"Statement":"x"}"#,
            #"{"Version":"2020-01-01","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
            #"{"Version":1,"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
            #"{"statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
            #"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}],"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
            #"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]} x"#,
        ])
    func malformed(text: String) {
        #expect(narrowed(text) == nil)
    }

    @Test(
        "rejects a caller policy with a malformed or unsupported statement",
        arguments: [
            #""Action":"*""#, #""Resource":"*""#, #""Action":"*","NotAction":"*","Resource":"*""#,
            #""Action":"*","Resource":"*","NotResource":"*""#, #""Action":[],"Resource":"*""#,
            #""Action":"*","Resource":[]"#, #""Action":1,"Resource":"*""#, #""Action":["*",1],"Resource":"*""#,
            #""Action":"PutRumEvents","Resource":"*""#, #""Action":"rum:","Resource":"*""#,
            #""Action":"rum:${aws:x}","Resource":"*""#, #""Action":"rum:Putſ*","Resource":"*""#,
            #""Action":"*","Resource":"appmonitor/Shop""#, #""Action":"*","Resource":"*","Principal":"*""#,
            #""Action":"*","Resource":"*","NotPrincipal":{"AWS":"x"}"#, #""Action":"*","Resource":"*","Sid":1"#,
            #""Action":"*","Resource":"*","Condition":[]"#, #""Action":"*","Resource":"*","Condition":{"X":{"a":"b"}}"#,
            #""Action":"*","Resource":"*","Condition":{"StringEquals":{}}"#,
            #""Action":"*","Resource":"*","Condition":{"StringEquals":{"a":[]}}"#,
            #""Action":"*","Resource":"*","Condition":{"StringEquals":{"a":null}}"#,
            #""Action":"*","Resource":"*","Condition":{"StringEquals":{"a":[["b"]]}}"#,
            #""Action":"*","Resource":"*","Condition":{"NullIfExists":{"a":"true"}}"#,
            #""Action":"*","Resource":"*","Condition":{"ForAnyValue:ForAllValues:StringLike":{"a":"b"}}"#,
        ])
    func malformedStatement(members: String) {
        #expect(narrowed(statement(members)) == nil)
        #expect(narrowed(statement(effect: "Permit")) == nil)
    }
}

/// A random number generator with a fixed seed (SplitMix64), so that the test is reproducible.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
