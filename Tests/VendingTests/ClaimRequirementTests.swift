// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Vending

@Suite struct ClaimRequirementTests {
    private static let path = ClaimPath(["plan"])!

    @Test(
        "compares claim values by type and byte",
        arguments: [
            (.equals(.string("gold")), .string("gold"), true), (.equals(.string("gold")), .string("Gold"), false),
            (.equals(.string("gold")), .list([.string("gold")]), false), (.equals(.string("gold")), nil, false),
            (.equals(.string("\u{E9}")), .string("e\u{301}"), false),
            (.equals(.boolean(true)), .boolean(true), true), (.equals(.boolean(true)), .boolean(false), false),
            (.equals(.boolean(true)), .string("true"), false), (.equals(.boolean(true)), .number(1), false),
            (.equals(.boolean(false)), nil, false),
            (.equals(.number(1)), .number(1.0), true), (.equals(.number(1)), .string("1"), false),
            (.equals(.number(1)), .number(1.5), false),
            (.oneOf([.string("gold"), .number(2)]), .string("gold"), true),
            (.oneOf([.string("gold"), .number(2)]), .number(2), true),
            (.oneOf([.string("gold"), .number(2)]), .string("2"), false),
            (.oneOf([.string("gold")]), .list([.string("gold")]), false), (.oneOf([.string("gold")]), nil, false),
            (.contains(.string("a")), .list([.string("b"), .string("a")]), true),
            (.contains(.string("a")), .list([.string("ab")]), false), (.contains(.string("a")), .string("a"), false),
            (.contains(.string("a")), .list([]), false), (.contains(.string("a")), nil, false),
            (.contains(.string("a")), .list([.list([.string("a")])]), false),
            (.present, .boolean(false), true), (.present, .other, true), (.present, .list([]), true),
            (.present, nil, false),
            (.equals(.other), .other, false), (.contains(.other), .list([.other]), false),
        ] as [(ClaimRequirement.Condition, ClaimValue?, Bool)])
    func met(condition: ClaimRequirement.Condition, value: ClaimValue?, met: Bool) {
        #expect(ClaimRequirement(Self.path, condition).isMet(by: value) == met)
    }

    @Test("describes a mismatch by the expected value and the found type, never by the token's value")
    func mismatch() {
        let requirement = ClaimRequirement(
            ClaimPath(["https://shop.example.com/x", "plan"])!, .oneOf([.string("gold"), .number(2)]))
        #expect(
            requirement.mismatch(with: .string("alice@example.com"))
                == #"the claim https://shop.example.com/x → plan is a string; expected one of "gold", 2"#)
        #expect(requirement.mismatch(with: nil).contains("is absent"))
        #expect("\(ClaimValue.string("secret"))\(ClaimValue.list([.string("secret")]))" == "a stringa list of 1")
        #expect(!String(reflecting: ClaimValue.string("secret")).contains("secret"))
    }

    @Test("accepts claim paths of 1 to 8 names and compares them byte for byte")
    func paths() {
        #expect(ClaimPath([]) == nil)
        #expect(ClaimPath(Array(repeating: "a", count: 9)) == nil)
        #expect(ClaimPath(["a.b"]) != ClaimPath(["a", "b"]))
        #expect(ClaimPath(["\u{E9}"]) != ClaimPath(["e\u{301}"]))
    }
}
