// SPDX-License-Identifier: Apache-2.0

@testable import StrictJSON
import Testing
import TokenProperties

@Suite struct JSONScannerTests {
    private static func finding(
        _ text: String, path: [String] = ["a", "b"], valueLimit: Int = 8
    ) throws(JSONError) -> JSONFinding {
        var scanner = JSONScanner(path: path, valueLimit: valueLimit)
        try scanner.feed(Array(text.utf8).span)
        return try scanner.finish()
    }

    private static func problem(_ text: String) -> JSONError? {
        do throws(JSONError) {
            _ = try finding(text)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "finds the string at a path of member names",
        arguments: [
            (#"{"a":{"b":"x"}}"#, .string("x")), (#" {"c":[{"a":1}],"a":{"c":{"b":1},"b":""}} "#, .string("")),
            (#"{"\u0061":{"\u0062":"\u00e9\ud83d\ude00"}}"#, .string("é😀")),
            (#"{"a":{"b":"12345678"}}"#, .string("12345678")),
            (#"{"a":{"b":"123456789"}}"#, .tooLong), (#"{"a":{"b":"1234567é"}}"#, .tooLong),
            ("{}", .absent), (#"{"a":null}"#, .absent), (#"{"a":{}}"#, .absent), (#"{"a":{"b":null}}"#, .absent),
            (#"{"c":{"b":"x"}}"#, .absent), (#"{"c":{"a":{"b":"x"}}}"#, .absent), (#"{"a":{},"c":{"b":"x"}}"#, .absent),
            (#"{"a":{"c":{"b":"x"}}}"#, .absent), (#"{"a":{"c":[{"b":"x"}]},"d":"x"}"#, .absent),
            (#"{"A":{"b":"x"}}"#, .misspelled(step: 0)), (#"{"a":{"b":"x"},"A":1}"#, .misspelled(step: 0)),
            (#"{"A":1,"a":7}"#, .misspelled(step: 0)), (#"{"a":{"B":1}}"#, .misspelled(step: 1)),
            (#"{"a":{"B":1,"b":"x"}}"#, .misspelled(step: 1)), (#"{"a":{"B":1},"A":1}"#, .misspelled(step: 0)),
            (#"{"a":[{"b":"x"}]}"#, .wrongType(.array, step: 0)), (#"{"a":"b"}"#, .wrongType(.string, step: 0)),
            (#"{"a":7}"#, .wrongType(.number, step: 0)), (#"{"a":true}"#, .wrongType(.bool, step: 0)),
            (#"{"a":{"b":{"b":"x"}}}"#, .wrongType(.object, step: 1)),
            (#"{"a":{"b":-1}}"#, .wrongType(.number, step: 1)),
        ] as [(String, JSONFinding)])
    func found(text: String, finding: JSONFinding) throws {
        #expect(try Self.finding(text) == finding)
    }

    @Test("checks a document without looking for anything")
    func emptyPath() throws {
        #expect(try Self.finding(#"{"a":{"b":"x"},"":"y"}"#, path: []) == .absent)
        #expect(throws: JSONError.self) { try Self.finding(#"{"a":[1,]}"#, path: []) }
    }

    @Test("rejects what the parser rejects, with every division into two pieces")
    func invalid() throws {
        var texts = JSONTexts.invalid.map { Array($0.0.utf8) } + JSONTexts.invalidUTF8
        texts += JSONTexts.duplicates.map { Array($0.utf8) }
        for text in texts {
            let documents = [("", ""), (#"{"a":"#, "}"), ("{\"b\":[1,", "]}"), (#"{"UserDetails":{"userId":"#, "}}")]
            for (before, after) in documents {
                let document = Array(before.utf8) + text + Array(after.utf8)
                try BatchProperties.checkDivisions(document)
                _ = try BatchProperties.check(document)
            }
        }
    }

    @Test("accepts what the parser accepts, with every division into two pieces")
    func valid() throws {
        for document in Self.documents { try BatchProperties.checkDivisions(document) }
        #expect(try Self.documents.allSatisfy { try BatchProperties.check($0) })
    }

    @Test("agrees with the parser after a change of any byte, in pieces of several sizes")
    func changes() throws {
        let bytes = Array("\"\\{}[]:,0-.eu ".utf8) + [0, 0x1F, 0x80, 0xC3, 0xFF]
        var accepted = 0
        var rejected = 0
        for document in Self.documents {
            for index in document.indices {
                var shorter = document
                shorter.remove(at: index)
                let replaced = bytes.map { byte in
                    var changed = document
                    changed[index] = byte
                    return changed
                }
                for changed in replaced + [shorter] {
                    if try BatchProperties.check(changed) { accepted += 1 } else { rejected += 1 }
                }
            }
        }
        #expect(accepted > 1_000)
        #expect(rejected > 1_000)
    }

    @Test("agrees with the parser on ten thousand random mutations, in pieces of several sizes", arguments: 1...5)
    func mutations(seed: UInt64) throws {
        var mutator = Mutator(seed: seed, corpus: Self.documents)
        var accepted = 0
        for _ in 0..<2_000 where try BatchProperties.check(mutator.next()) { accepted += 1 }
        #expect(accepted > 10)
    }

    @Test("agrees with the parser on generated objects with repeated names")
    func repeatedNames() throws {
        var generator = DocumentGenerator(seed: 7)
        var accepted = 0
        for _ in 0..<1_000 where try BatchProperties.check(generator.object()) { accepted += 1 }
        #expect(accepted > 100)
        #expect(accepted < 900)
    }

    @Test("distinguishes long names by all their bytes", arguments: [63, 64, 65, 127, 128, 129, 1_000])
    func longNames(count: Int) {
        let name = String(repeating: "x", count: count)
        for other in ["y" + name.dropFirst(), name.dropLast() + "y", name + "x", String(name.dropLast())] {
            #expect(Self.problem(#"{"\#(name)":1,"\#(other)":2}"#) == nil)
        }
        #expect(Self.problem(#"{"\#(name)":1,"b":2,"\u0078\#(name.dropFirst())":2}"#)?.kind == .duplicateMember)
    }

    @Test("accepts 1,024 names in open objects and rejects more; the parser has no such limit")
    func names() {
        func members(_ count: Int) -> String { (0..<count).map { #""m\#($0)":\#($0)"# }.joined(separator: ",") }
        #expect(OpenNames.limit == 1_024)
        #expect(Self.problem("{\(members(1_024))}") == nil)
        #expect(Self.problem("{\(members(1_025))}")?.kind == .tooManyNames)
        #expect(Self.problem(#"{"x":{\#(members(1_023))}}"#) == nil)
        #expect(Self.problem(#"{"x":{\#(members(1_024))}}"#)?.kind == .tooManyNames)
        let object = "{\(members(1_000))}"
        #expect(Self.problem(#"{"x":[\#(object),\#(object),\#(object)],"m7":1}"#) == nil)
    }

    @Test("accepts 32 levels and rejects 33")
    func depth() {
        func nested(_ levels: Int, _ open: String, _ close: String) -> String {
            #"{"x":"# + String(repeating: open, count: levels - 1) + "1" + String(repeating: close, count: levels - 1)
                + "}"
        }
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
            #expect(Self.problem(nested(32, open, close)) == nil)
            #expect(Self.problem(nested(33, open, close))?.kind == .tooDeep)
        }
    }

    @Test(
        "reports each error with its reason and position",
        arguments: [
            ("[]", .notObject, 0), (" 1", .notObject, 1), ("{\"a\":\"\u{0}\"}", .nul, 6), (#"{"a":01}"#, .number, 6),
            (#"{"a":1}x"#, .trailingData, 7), (#"{"a":tru}"#, .unexpected, 8), (#"{"a":"\x"}"#, .escape, 7),
            (#"{"a":"\ud800""#, .loneSurrogate, 12), ("{\"a\":\"\n\"}", .controlCharacter, 6), (#"{"a""#, .ended, 4),
            (#"{"a":1,"a":2}"#, .duplicateMember, 9),
        ] as [(String, JSONError.Kind, Int)])
    func errors(text: String, kind: JSONError.Kind, offset: Int) {
        #expect(Self.problem(text) == JSONError(kind: kind, offset: offset))
    }

    @Test("counts positions from the start of the document, and throws the first error again")
    func errorAfterPieces() throws {
        var scanner = JSONScanner(path: [], valueLimit: 0)
        try scanner.feed(Array(#"{"a":"#.utf8).span)
        let error = JSONError(kind: .unexpected, offset: 6)
        #expect(Self.feed(" x", to: &scanner) == error)
        #expect(Self.feed("1}", to: &scanner) == error)
        do {
            _ = try scanner.finish()
            Issue.record("a document with an error is accepted")
        } catch {
            #expect(error == JSONError(kind: .unexpected, offset: 6))
        }
    }

    private static func feed(_ text: String, to scanner: inout JSONScanner) -> JSONError? {
        do throws(JSONError) {
            try scanner.feed(Array(text.utf8).span)
            return nil
        } catch {
            return error
        }
    }

    @Test("keeps the same buffers for a document of 8 MiB, a name of 8 MiB and a value of 8 MiB")
    func memory() throws {
        let event = #"{"id":"1","details":"{\"a\":[1,2,3]}","metadata":{"x":-1.5e3,"y":null}},"#
        let events = String(repeating: event, count: 1_000)
        let text = String(repeating: "long text ", count: 10_000)
        for (start, middle, end) in [
            (#"{"RumEvents":["#, events, "1]}"), (#"{""#, text, #"":1}"#), (#"{"x":""#, text, #""}"#),
            (#"{"UserDetails":{"userId":""#, text, #""}}"#),
        ] {
            let middle = Array(middle.utf8)
            var scanner = JSONScanner(path: ["UserDetails", "userId"], valueLimit: 1_024)
            try scanner.feed(Array(start.utf8).span)
            for _ in 0...(8 << 20) / middle.count { try scanner.feed(middle.span) }
            try scanner.feed(Array(end.utf8).span)
            #expect(scanner.bufferBytes < 24 << 10)
            #expect(try scanner.finish() == (start.contains("userId") ? .tooLong : .absent))
        }
    }

    @Test("treats every character whose upper or lower case is an ASCII letter as that letter")
    func folding() {
        for value in 0x80...0x1_FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let lower = scalar.properties.lowercaseMapping.unicodeScalars
            let upper = scalar.properties.uppercaseMapping.unicodeScalars
            let letters = [lower.first, upper.count == 1 ? upper.first : nil].compactMap { $0 }.filter(\.isASCII)
            let expected = letters.first.map { Unicode.Scalar(UInt8($0.value) | 0x20) } ?? scalar
            #expect(ScannedName.folded(scalar) == expected)
        }
    }

    private static let documents: [[UInt8]] = [
        #"{"BatchId":"1","UserDetails":{"userId":"alice","sessionId":"s"},"RumEvents":[{"a":1},{"a":2}]}"#,
        #"{"User\u0044etails":{"userI\u0064":"\u0061\ud83d\ude00\"\\\/\b\f\n\r\t"}}"#,
        #"{"UserDetails":{"userId":""}}"#,
        #" { "a" : [ 1 , -0 , 0.5 , -0.5e+2 , 1E9 , 10e-1 , true , false , null , [ ] , { } , "" ] } "#,
        #"{"UserDetails":{"userId":"more than sixteen bytes"}}"#, #"{"UserDetails":null}"#, "{}", "\t\r\n {}\n",
        #"{"":{"":{"":""}},"é":"é😀\#u{FEFF}\#u{7F}","e\#u{301}":1,"K":1,"\#u{212A}":2}"#,
        #"{"u\#u{17F}erDeta\#u{131}l\#u{17F}":{}}"#, #"{"UserDetails":{"user\#u{130}d":"x"}}"#,
        #"{"0":1,"1":1,"2":1,"3":1,"4":1,"5":1,"6":1,"7":1,"8":1,"9":1,"10":1,"11":1,"12":1,"13":1,"14":1,"15":1,"16":1}"#,
        #"{"x":[{"a":1,"b":{"a":1}},{"a":1,"b":{"a":1}}],"a":1,"b":[[["deep"]]]}"#,
    ].map { Array($0.utf8) }
}
