@testable import Sandbox

/// A caller's policy made at random, as a caller writes it and as the sandbox's evaluator can read it.
struct RandomPolicy {
    static let actions = ["rum:PutRumEvents", "rum:GetAppMonitor", "rum:putrumevents", "s3:GetObject"]
    static let own = "arn:aws:rum:us-west-2:123456789012:appmonitor/Shop"
    static let resources = [
        own, own + "2", "arn:aws:rum:eu-west-1:123456789012:appmonitor/Shop", "arn:aws:s3:::bucket",
    ]
    static let contexts: [[String: String]] = [
        [:], ["aws:userid": "AROA:alice"], ["aws:userid": "AROA:bob", "aws:sourceidentity": "bob"],
        ["aws:sourceidentity": "alice", "aws:tokenissuetime": "2026-11-21T08:00:00Z"],
    ]

    /// As it goes to Purser.
    let text: String
    /// The same for the evaluator, which has no `NotAction` and `NotResource`: written out over all that is asked here.
    let plain: String
    /// Whether it holds nothing of which it is open what AWS makes of it.
    let isCertain: Bool

    private static let actionPatterns = [
        "*", "rum:*", "rum:Put*", "RUM:PUTRUMEVENTS", "rum:?utRumEvents", "s3:*", "rum:Get*",
    ]
    private static let openActionPatterns = ["r*:PutRumEvents", "*:*", "?um:Put*"]
    private static let resourcePatterns = [
        "*", own, own + "*", "arn:aws:rum:*:*:appmonitor/*", "arn:aws:rum:us-west-2:123456789012:appmonitor/Sho?",
        "arn:aws:s3:::*", "arn:aws:rum:eu-*:123456789012:appmonitor/Shop",
    ]
    private static let openResourcePatterns = ["arn:*", "arn:aws:rum:*appmonitor/Shop", "arn:aws:rum:${aws:x}:*:*"]
    private static let conditions = [
        #"{}"#, #"{"StringEquals":{"aws:userid":"AROA:alice"}}"#, #"{"StringLike":{"aws:userid":["AROA:*","x"]}}"#,
        #"{"StringNotEquals":{"aws:SourceIdentity":"bob"}}"#,
        #"{"DateLessThan":{"aws:TokenIssueTime":"2027-01-01T00:00:00Z"},"StringNotLike":{"aws:userid":"\u0041ROA:b*"}}"#,
    ]

    init(using random: inout some RandomNumberGenerator) {
        var (texts, plains, certain): ([String], [String], Bool) = ([], [], true)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let isOpen = Int.random(in: 0..<4, using: &random) == 0
            if isOpen { certain = false }
            let action = Self.names(
                "Action", Self.actionPatterns + (isOpen ? Self.openActionPatterns : []), Self.actions, &random)
            let resource = Self.names(
                "Resource", Self.resourcePatterns + (isOpen ? Self.openResourcePatterns : []), Self.resources, &random)
            let condition =
                Bool.random(using: &random)
                ? "" : #","Condition":\#(Self.conditions.randomElement(using: &random) ?? "{}")"#
            let effect = Int.random(in: 0..<3, using: &random) == 0 ? "Deny" : "Allow"
            texts.append(#"{"Effect":"\#(effect)",\#(action.text),\#(resource.text)\#(condition)}"#)
            // What is left of a statement about nothing is nothing.
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
