// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Sandbox

@Suite("IAM policy conditions")
struct ConditionTests {
    static let equalityCases: [(EvaluatedCondition.Comparison, String?, Bool)] = [
        (.equals, "blue", true), (.equals, "green", true), (.equals, "Blue", false), (.equals, "b*", false),
        (.equals, nil, false), (.notEquals, "blue", false), (.notEquals, "red", true), (.notEquals, nil, true),
    ]

    @Test(
        "equality is exact, one matching value suffices, and an absent key satisfies only negation",
        arguments: equalityCases)
    func equality(comparison: EvaluatedCondition.Comparison, found: String?, holds: Bool) {
        let condition = EvaluatedCondition(
            comparison: comparison, key: "aws:RequestTag/Colour", values: ["blue", "green"])
        #expect(condition.holds(in: found.map { ["aws:requesttag/colour": $0] } ?? [:]) == holds)
    }

    static let patternCases: [(EvaluatedCondition.Comparison, String?, Bool)] = [
        (.like, "=guest.shop", true), (.like, "=visitor.1", true), (.like, "a=guest", false), (.like, nil, false),
        (.notLike, "=guest.shop", false), (.notLike, "alice", true), (.notLike, nil, true),
    ]

    @Test("StringLike and StringNotLike match wildcards", arguments: patternCases)
    func wildcards(comparison: EvaluatedCondition.Comparison, found: String?, holds: Bool) {
        let condition = EvaluatedCondition(comparison: comparison, key: "p:sub", values: ["=guest*", "=visitor*"])
        #expect(condition.holds(in: found.map { ["p:sub": $0] } ?? [:]) == holds)
    }

    @Test("the pattern ?* matches any non-empty value")
    func anything() {
        let condition = EvaluatedCondition(comparison: .like, key: "sts:SourceIdentity", values: ["?*"])
        #expect(condition.holds(in: ["sts:sourceidentity": "x"]))
        #expect(!condition.holds(in: ["sts:sourceidentity": ""]))
        #expect(!condition.holds(in: [:]))
    }
}
