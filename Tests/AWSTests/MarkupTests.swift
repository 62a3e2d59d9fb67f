// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vending

@testable import AWS

@Suite struct MarkupTests {
    static let answer = """
        <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>\
        <AccessKeyId>ASIAEXAMPLEEXAMPLE00</AccessKeyId><SecretAccessKey>s/+=</SecretAccessKey>\
        <SessionToken>t/+=</SessionToken><Expiration>2026-01-02T04:04:05Z</Expiration></Credentials>\
        </AssumeRoleResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></AssumeRoleResponse>
        """
    static let now = Date(timeIntervalSince1970: 1_767_323_045)  // 2026-01-02T03:04:05Z

    private func parse(_ text: String) -> STSResponse? { STSResponse(Array(text.utf8), action: "AssumeRole") }

    @Test("parses a complete response with or without a declaration, blanks, comments and prefixes")
    func whole() {
        let declared = #"<?xml version="1.0" encoding="UTF-8"?>"# + "\n" + Self.answer
        let spaced = Self.answer.replacingOccurrences(of: "><", with: ">\n  <")
        let commented = Self.answer.replacingOccurrences(of: "<Credentials>", with: "<!-- ! --><Credentials>")
        let prefixed = Self.answer.replacingOccurrences(of: "</", with: "</s:")
            .replacingOccurrences(of: "<", with: "<s:").replacingOccurrences(of: "<s:/s:", with: "</s:")
            .replacingOccurrences(of: "xmlns=", with: "xmlns:s=")
        let cdata = Self.answer.replacingOccurrences(of: "s/+=", with: "<![CDATA[s/+=]]>")
        for text in [Self.answer, declared, spaced, commented, prefixed, cdata] {
            let answer = parse(text)
            #expect(answer?.credentials.secretAccessKey == "s/+=", "\(text)")
            #expect(answer?.credentials.problem(at: Self.now) == nil)
        }
    }

    @Test("rejects a response that is truncated at any position")
    func truncated() {
        for length in 0..<Self.answer.utf8.count {
            #expect(STSResponse(Array(Self.answer.utf8.prefix(length)), action: "AssumeRole") == nil, "\(length)")
        }
    }

    @Test("rejects a response with a missing, duplicate or renamed element")
    func missing() {
        for name in ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", "Credentials", "AssumeRoleResult"]
        {
            #expect(parse(Self.answer.replacingOccurrences(of: "\(name)>", with: "X\(name)>")) == nil, "\(name)")
        }
        let doubled = Self.answer.replacingOccurrences(
            of: "<AccessKeyId>", with: "<AccessKeyId>ASIAOTHEROTHEROTHER0</AccessKeyId><AccessKeyId>")
        #expect(parse(doubled) == nil)
        #expect(STSResponse(Array(Self.answer.utf8), action: "AssumeRoleWithWebIdentity") == nil)
    }

    @Test("rejects HTML, JSON, garbage and other documents")
    func garbage() {
        let inputs = [
            "", " ", "<", "<html><body>Bad Gateway</body></html>", #"{"AssumeRoleResponse":{}}"#, "\u{FEFF}",
            "<AssumeRoleResponse/>", Self.answer + "x", Self.answer + Self.answer, "\0" + Self.answer,
            "<ErrorResponse><Error><Code>x</Code></Error></ErrorResponse>", "<?xml version='1.0'", "<?xml?>",
        ]
        for input in inputs { #expect(parse(input) == nil, "\(input.prefix(40))") }
        var bytes = Array(Self.answer.utf8)
        bytes[100] = 0xFF
        #expect(STSResponse(bytes, action: "AssumeRole") == nil)
        let utf16 = Self.answer.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(STSResponse(utf16, action: "AssumeRole") == nil)
    }

    @Test("rejects document types and entities, whatever encoding the declaration names")
    func documentTypes() {
        let token = "t/+="
        let withEntity = Self.answer.replacingOccurrences(of: token, with: "&e;")
        let inputs = [
            "<!DOCTYPE r [<!ENTITY e \"x\">]>" + withEntity,
            "<!DOCTYPE r SYSTEM \"file:///etc/hostname\">" + Self.answer,
            "<!DOCTYPE r [<!ENTITY e SYSTEM \"file:///etc/hostname\">]>" + withEntity,
            "<!doctype html>" + Self.answer,
            withEntity,
            "<?xml version='1.0' encoding='UTF-7'?>+ADwAIQ-DOCTYPE r+AD4-" + Self.answer,
        ]
        for input in inputs { #expect(parse(input) == nil, "\(input.prefix(60))") }
    }

    @Test("limits depth and size of a document")
    func bounds() {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)).utf8)
        }
        #expect(MarkupDocument.parse(nested(16)) != nil)
        #expect(MarkupDocument.parse(nested(17)) == nil)
        #expect(MarkupDocument.parse(nested(8_000)) == nil)
        let padded = Self.answer.replacingOccurrences(
            of: "<Credentials>", with: String(repeating: " ", count: 65_536) + "<Credentials>")
        #expect(parse(padded) == nil)
    }

    @Test("decodes escaped characters")
    func escapes() {
        let answer = parse(Self.answer.replacingOccurrences(of: "t/+=", with: "a&amp;b&#x2F;c"))
        #expect(answer?.credentials.sessionToken == "a&b/c")
    }

    @Test(
        "rejects credentials that are unsafe to return",
        arguments: [
            ("ASIAEXAMPLEEXAMPLE00", "ASIASHORT", "AccessKeyId"),
            ("ASIAEXAMPLEEXAMPLE00", String(repeating: "A", count: 129), "AccessKeyId"),
            ("ASIAEXAMPLEEXAMPLE00", "ASIAEXAMPLE&quot;EXAMPLE00", "AccessKeyId"),
            ("s/+=", "", "SecretAccessKey"), ("s/+=", "a b", "SecretAccessKey"), ("s/+=", "é", "SecretAccessKey"),
            ("s/+=", String(repeating: "s", count: 257), "SecretAccessKey"),
            ("t/+=", "", "SessionToken"), ("t/+=", "a&lt;b", "SessionToken"), ("t/+=", "a\\b", "SessionToken"),
            ("t/+=", "a&#10;b", "SessionToken"), ("t/+=", String(repeating: "t", count: 16_385), "SessionToken"),
            ("2026-01-02T04:04:05Z", "2026-01-02T03:04:05Z", "Expiration"),
            ("2026-01-02T04:04:05Z", "2025-01-02T03:04:05Z", "Expiration"),
            ("2026-01-02T04:04:05Z", "2026-01-02T15:09:06Z", "Expiration"),
        ])
    func unfit(original: String, replacement: String, name: String) throws {
        let answer = try #require(parse(Self.answer.replacingOccurrences(of: original, with: replacement)))
        let problem = try #require(answer.credentials.problem(at: Self.now))
        #expect(problem.hasPrefix(name))
        #expect(replacement.isEmpty || !problem.contains(replacement))
    }

    @Test("accepts the latest possible expiration")
    func expirationAtBound() {
        let answer = parse(Self.answer.replacingOccurrences(of: "T04:04:05Z", with: "T15:09:05Z"))
        #expect(answer?.credentials.problem(at: Self.now) == nil)
    }
}
