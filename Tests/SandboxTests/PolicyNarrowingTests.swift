import Testing
import Tokens
import Vending

@testable import Sandbox

/// What Purser makes of callers' policies, judged by the sandbox's evaluator, which shares no code with it.
@Suite("Policies of callers")
struct PolicyNarrowingTests {
    static let monitor = AppMonitor(
        name: "Shop", id: "11111111-2222-3333-4444-555555555555", region: "us-west-2", account: "123456789012",
        partition: "aws", endpoint: "https://dataplane.rum.us-west-2.amazonaws.com")
    static let own = SessionPolicy(monitor)

    /// The policy of a session for which a caller sends that policy; `nil` where he is told that it is malformed.
    private func narrowed(_ text: String) -> SessionPolicy?? {
        CallerPolicy(text: text).map { SessionPolicy.narrowed(Self.monitor, by: $0) }
    }

    private func statement(
        effect: String = "Allow", _ members: String = #""Action":"rum:PutRumEvents","Resource":"*""#
    ) -> String {
        #"{"Version":"2012-10-17","Statement":[{"Effect":"\#(effect)",\#(members)}]}"#
    }

    @Test("nothing that a caller sends widens a session: 800 random policies, each asked everything")
    func nothingWidens() throws {
        var random = SplitMix(state: 7)
        let own = try EvaluatedPolicy(parsing: Self.own.json)
        var counts = (none: 0, same: 0, less: 0, granted: 0, exact: 0)
        for _ in 0..<800 {
            let policy = RandomPolicy(using: &random)
            let outcome = try #require(narrowed(policy.text), "\(policy.text)")
            let session = try outcome.map { try EvaluatedPolicy(parsing: $0.json) }
            switch outcome {
            case nil: counts.none += 1
            case Self.own: counts.same += 1
            case .some: counts.less += 1
            }
            let caller = try EvaluatedPolicy(parsing: policy.plain)
            // Where the evaluator does not understand the caller's policy there is nothing to compare with.
            let isComparable = caller.statements.allSatisfy(\.isUnderstood)
            for action in RandomPolicy.actions {
                for resource in RandomPolicy.resources {
                    for context in RandomPolicy.contexts {
                        let asked = { (document: EvaluatedPolicy) in
                            document.allows(action: action, resource: resource, in: context)
                        }
                        let has = session.map(asked) ?? false
                        if has { counts.granted += 1 }
                        guard !has || asked(own), !has || !isComparable || asked(caller) else {
                            Issue.record("\(policy.text) widened to \(outcome?.json ?? "")")
                            return
                        }
                        guard isComparable, policy.isCertain else { continue }
                        counts.exact += 1
                        guard has == (asked(own) && asked(caller)) else {
                            Issue.record("\(policy.text) takes away more than it says: \(outcome?.json ?? "")")
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
        "a policy that takes nothing away is Purser's own",
        arguments: [
            #""Action":"*","Resource":"*""#, #""Action":["s3:*","RUM:put*"],"Resource":["*"]"#,
            #""NotAction":"s3:*","Resource":"arn:aws:rum:us-west-2:123456789012:appmonitor/Shop""#,
            #""Action":"rum:PutRumEvents","NotResource":"arn:aws:s3:::*""#,
            #""Action":"rum:PutRumEvents","Resource":"arn:aws:rum:*:*:appmonitor/*","Condition":{}"#,
        ])
    func same(members: String) {
        #expect(narrowed(statement(members)) == .some(.some(Self.own)))
    }

    @Test(
        "what AWS may not read as an Allow is none",
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
        "what AWS may read as a Deny is one",
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

    @Test("conditions go along word for word, in ASCII and with the version that says what they mean")
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
        "what is malformed, or holds what Purser does not know, is refused as a whole",
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
        "so is a statement of that kind",
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

/// Random numbers that are the same each time.
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
