// SPDX-License-Identifier: Apache-2.0

@testable import Sandbox

/// A random caller policy, in the caller's form and in a form that the sandbox's evaluator supports.
struct RandomPolicy {
    static let actions = ["rum:PutRumEvents", "rum:GetAppMonitor", "rum:putrumevents", "s3:GetObject"]
    static let monitor = "arn:aws:rum:us-west-2:123456789012:appmonitor/Shop"
    static let resources = [
        monitor, monitor + "2", "arn:aws:rum:eu-west-1:123456789012:appmonitor/Shop", "arn:aws:s3:::bucket",
    ]
    static let contexts: [[String: String]] = [
        [:], ["aws:userid": "AROA:alice"], ["aws:userid": "AROA:bob", "aws:sourceidentity": "bob"],
        ["aws:sourceidentity": "alice", "aws:tokenissuetime": "2026-11-21T08:00:00Z"],
    ]

    /// The policy that the caller sends to Purser.
    let text: String
    /// The equivalent for the evaluator, which does not support `NotAction` and `NotResource`: they are expanded over
    /// `actions` and `resources`.
    let plain: String
    /// Whether AWS documents how it evaluates every pattern in the policy.
    let isCertain: Bool

    private static let actionPatterns = [
        "*", "rum:*", "rum:Put*", "RUM:PUTRUMEVENTS", "rum:?utRumEvents", "s3:*", "rum:Get*",
    ]
    private static let ambiguousActionPatterns = ["r*:PutRumEvents", "*:*", "?um:Put*"]
    private static let resourcePatterns = [
        "*", monitor, monitor + "*", "arn:aws:rum:*:*:appmonitor/*",
        "arn:aws:rum:us-west-2:123456789012:appmonitor/Sho?",
        "arn:aws:s3:::*", "arn:aws:rum:eu-*:123456789012:appmonitor/Shop",
    ]
    private static let ambiguousResourcePatterns = [
        "arn:*", "arn:aws:rum:*appmonitor/Shop", "arn:aws:rum:${aws:x}:*:*",
    ]
    private static let conditions = [
        #"{}"#, #"{"StringEquals":{"aws:userid":"AROA:alice"}}"#, #"{"StringLike":{"aws:userid":["AROA:*","x"]}}"#,
        #"{"StringNotEquals":{"aws:SourceIdentity":"bob"}}"#,
        #"{"DateLessThan":{"aws:TokenIssueTime":"2027-01-01T00:00:00Z"},"StringNotLike":{"aws:userid":"\u0041ROA:b*"}}"#,
    ]

    init(using random: inout some RandomNumberGenerator) {
        var (texts, plains, certain): ([String], [String], Bool) = ([], [], true)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let isAmbiguous = Int.random(in: 0..<4, using: &random) == 0
            if isAmbiguous { certain = false }
            let action = Self.names(
                "Action", Self.actionPatterns + (isAmbiguous ? Self.ambiguousActionPatterns : []), Self.actions, &random
            )
            let resource = Self.names(
                "Resource", Self.resourcePatterns + (isAmbiguous ? Self.ambiguousResourcePatterns : []), Self.resources,
                &random)
            let condition =
                Bool.random(using: &random)
                ? "" : #","Condition":\#(Self.conditions.randomElement(using: &random) ?? "{}")"#
            let effect = Int.random(in: 0..<3, using: &random) == 0 ? "Deny" : "Allow"
            texts.append(#"{"Effect":"\#(effect)",\#(action.text),\#(resource.text)\#(condition)}"#)
            // A statement that matches no action or no resource has no equivalent, so it is omitted.
            if let action = action.plain, let resource = resource.plain {
                plains.append(#"{"Effect":"\#(effect)",\#(action),\#(resource)\#(condition)}"#)
            }
        }
        let version = ["2012-10-17", "2008-10-17"].randomElement(using: &random) ?? ""
        text = #"{"Version":"\#(version)","Statement":[\#(texts.joined(separator: ","))]}"#
        plains.append(#"{"Effect":"Deny","Action":"no:Thing","Resource":"*"}"#)
        plain = #"{"Version":"\#(version)","Statement":[\#(plains.joined(separator: ","))]}"#
        isCertain = certain
    }

    private static func names(
        _ member: String, _ patterns: [String], _ all: [String], _ random: inout some RandomNumberGenerator
    ) -> (text: String, plain: String?) {
        let chosen = (0..<Int.random(in: 1...2, using: &random)).compactMap { _ in
            patterns.randomElement(using: &random)
        }
        let list = list(member, chosen)
        guard Int.random(in: 0..<4, using: &random) == 0 else { return (list, list) }
        let others = all.filter { name in !chosen.contains { isMatch($0, name, of: member) } }
        return (Self.list("Not" + member, chosen), others.isEmpty ? nil : Self.list(member, others))
    }

    private static func isMatch(_ pattern: String, _ name: String, of member: String) -> Bool {
        member == "Action"
            ? Wildcard.matches(pattern.lowercased(), name.lowercased()) : Wildcard.matches(pattern, name)
    }

    private static func list(_ member: String, _ texts: [String]) -> String {
        #""\#(member)":[\#(texts.map { "\"\($0)\"" }.joined(separator: ","))]"#
    }
}
