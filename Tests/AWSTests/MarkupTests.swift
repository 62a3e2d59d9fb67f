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
        let all = MarkupDocument.parse(Array("<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x1F600;&#x9;</a>".utf8))
        #expect(all?.text == "<>&\"'A\u{1F600}\t")
    }

    @Test("reads text, CDATA, comments, attributes, empty elements and namespaces as XML 1.0 does")
    func forms() throws {
        let text = """
            <!-- before --> <p:a xmlns:p='urn:x' xml:lang="en" b = "&lt;>'" >one\r\ntwo\rthree<!-- c -->\
            <![CDATA[<&]]> four]] <p:c/><d xmlns="urn:y" ></d ><d e=''/></p:a >
            <!-- after -->
            """
        let root = try #require(MarkupDocument.parse(Array(text.utf8)))
        #expect(root.name == "a" && root.children.map(\.name) == ["c", "d", "d"])
        #expect(root.text == "one\ntwo\nthree<& four]] ")
        #expect(root.only("d") == nil && root.text("c") == "")
        let marked: [UInt8] = [0xEF, 0xBB, 0xBF] + Array("<a/>".utf8)
        #expect(MarkupDocument.parse(marked)?.name == "a")
    }

    @Test(
        "rejects what is not well-formed",
        arguments: [
            "<a>", "</a>", "<a></b>", "<a><b></a></b>", "<a/><b/>", "<a/>x", "x<a/>", "<a/>&lt;", "<a", "<a/", "< a/>",
            "<a b/>", "<a b=c/>", "<a b='c/>", "<a b='c'd='e'/>", "<a b='1' b='2'/>", "<a b='<'/>", "<a b='&x;'/>",
            "<a b='&lt'/>", "<1/>", "<-a/>", "<:a/>", "<a:/>", "<a:b:c xmlns:a='u'/>", "<p:a/>", "<a p:b='c'/>",
            "<a><b xmlns:p='u'/><p:c/></a>", "<a>&</a>", "<a>&amp</a>", "<a>&;</a>", "<a>&nbsp;</a>", "<a>&AMP;</a>",
            "<a>&#;</a>", "<a>&#x;</a>", "<a>&#0;</a>", "<a>&#8;</a>", "<a>&#xD800;</a>", "<a>&#xFFFE;</a>",
            "<a>&#x110000;</a>", "<a>&#+65;</a>", "<a>&#-65;</a>", "<a>&#X41;</a>", "<a>&#99999999999;</a>",
            "<a>]]></a>", "<a><![CDATA[</a>", "<![CDATA[x]]><a/>", "<a><![cdata[x]]></a>", "<a><!-- -- --></a>",
            "<a><!-- --->", "<a><!-x--></a>", "<a><?p i?></a>", "<?p i?><a/>", "<a/><?p i?>",
            " <?xml version='1.0'?><a/>",
            "<a>\u{1}</a>", "<a b='\u{B}'/>", "<a>\u{FFFE}</a>", "<a><!-- \u{FFFF} --></a>", "<é/>", "<a é='b'/>",
            "<a><!--<!DOCTYPE x>--></a>", "<!>", "<a/><!", "<a>\u{FEFF}<?xml?></a>",
        ])
    func malformed(text: String) {
        #expect(MarkupDocument.parse(Array(text.utf8)) == nil)
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
