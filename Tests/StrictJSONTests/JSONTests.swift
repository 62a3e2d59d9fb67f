// SPDX-License-Identifier: Apache-2.0

@testable import StrictJSON
import Testing

struct JSONTests {
    private static func problem(_ bytes: [UInt8]) -> JSONError.Kind? {
        do throws(JSONError) {
            _ = try JSONValue.parse(bytes)
            return nil
        } catch {
            return error.kind
        }
    }

    @Test("parses values of every type")
    func values() throws {
        let text = #" {"a":[1,-0.5e+2,true,false,null],"b":{"c":"x\u0041\n\ud83d\ude00/\/"},"":[],"d":{}} "#
        let object = try #require(try JSONValue.parse(Array(text.utf8)).object)
        #expect(object.members.map(\.name) == ["a", "b", "", "d"])
        let array = try #require(object["a"]?.array)
        #expect(array.map(\.typeName) == ["a number", "a number", "a boolean", "a boolean", "null"])
        #expect(array[0].int == 1)
        #expect(array[1].double == -50)
        #expect(array[1].int == nil)
        #expect(object["b"]?.object?["c"]?.string == "xA\n😀//")
        #expect(object["d"]?.object?.members.isEmpty == true)
        #expect(object["missing"] == nil)
    }

    @Test(
        "rejects texts that are not JSON, each with its reason",
        arguments: JSONTexts.invalid)
    func refused(text: String, kind: JSONError.Kind) {
        #expect(Self.problem(Array(text.utf8)) == kind)
    }

    @Test(
        "rejects invalid UTF-8 at any position",
        arguments: JSONTexts.invalidUTF8)
    func invalidUTF8(bytes: [UInt8]) {
        #expect(Self.problem(bytes) == .notUTF8)
    }

    @Test(
        "rejects a duplicate member with any escapes and at any depth",
        arguments: JSONTexts.duplicates)
    func duplicates(text: String) {
        #expect(Self.problem(Array(text.utf8)) == .duplicateMember)
        #expect(throws: JSONError.self) { try JSONObject.parse(Array(text.utf8), keeping: ["iss"]) }
    }

    @Test("rejects a duplicate member among thousands")
    func manyMembers() throws {
        let members = (0..<5000).map { #""member\#($0)":\#($0)"# }
        let good = try #require(try JSONValue.parse(Array("{\(members.joined(separator: ","))}".utf8)).object)
        #expect(good.members.count == 5000)
        let bad = members + [#""member7":1"#]
        #expect(Self.problem(Array("{\(bad.joined(separator: ","))}".utf8)) == .duplicateMember)
    }

    @Test("distinguishes names that are canonically equivalent")
    func names() throws {
        // The Kelvin sign is canonically equivalent to K, and é has two encodings.
        let text = "{\"K\":1,\"\u{212A}\":2,\"\u{E9}\":3,\"e\u{301}\":4}"
        let object = try #require(try JSONValue.parse(Array(text.utf8)).object)
        #expect(object["K"]?.int == 1)
        #expect(object["\u{212A}"]?.int == 2)
        #expect(object["e\u{301}"]?.int == 4)
    }

    @Test("parses 32 levels and rejects 33")
    func depth() {
        func nested(_ levels: Int) -> [UInt8] {
            Array((String(repeating: "[", count: levels) + String(repeating: "]", count: levels)).utf8)
        }
        #expect(Self.problem(nested(32)) == nil)
        #expect(Self.problem(nested(33)) == .tooDeep)
        #expect(Self.problem(Array(String(repeating: #"{"a":"#, count: 100_000).utf8)) == .tooDeep)
    }

    @Test("keeps only the requested members but checks the whole document")
    func keeping() throws {
        let text = #"{"iss":"i","nested":{"iss":"other","deep":[1,2]},"sub":"s"}"#
        let object = try JSONObject.parse(Array(text.utf8), keeping: ["iss"])
        #expect(object.members.map(\.name) == ["iss"])
        #expect(object["iss"]?.string == "i")
        for bad in [#"{"iss":"i","x":[01]}"#, #"{"iss":"i","x":"\u0000"}"#, #"{"iss":"i"} {}"#, "[]", "1", #""iss""#] {
            #expect(throws: JSONError.self) { try JSONObject.parse(Array(bad.utf8), keeping: ["iss"]) }
        }
    }

    @Test("parses the strings that JSONText writes")
    func written() throws {
        for text in ["", "plain", "\"\\/\u{8}\n\u{1F}\u{7F}", "é😀\u{2028}"] {
            #expect(try JSONValue.parse(Array(JSONText.string(text).utf8)).string == text)
        }
    }
}
