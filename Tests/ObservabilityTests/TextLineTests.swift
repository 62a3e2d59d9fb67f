// SPDX-License-Identifier: Apache-2.0

import Observability
import Testing

@Suite struct TextLineTests {
    private func render(_ fields: (inout JSONLine) -> Void, coloured: Bool = false) -> String {
        var line = JSONLine()
        line.add("time", "2026-01-02T03:04:05.250Z")
        line.add("level", "warning")
        line.add("message", "keys not renewed")
        fields(&line)
        return String(decoding: TextLine(isColoured: coloured).render(line.finished()), as: UTF8.self)
    }

    @Test("begins with time, level and message, then has each other member")
    func form() {
        let text = render { line in
            line.add("issuer", "https://idp/")
            line.add("status", 503)
            line.add("hit", false)
            line.add("detail", "no answer: 2 tries")
            line.add("byReason", counts: [("a", 1), ("b", 2)])
        }
        #expect(
            text == #"2026-01-02T03:04:05.250Z WARNING keys not renewed issuer=https://idp/ status=503 hit=false "#
                + #"detail="no answer: 2 tries" byReason={"a":1,"b":2}"# + "\n")
    }

    @Test("colours the level only where it is told to")
    func colour() {
        #expect(render({ _ in }, coloured: true).contains("\u{1B}[33mWARNING\u{1B}[0m keys"))
        #expect(!render { _ in }.contains("\u{1B}"))
    }

    @Test(
        "no value ends the line, adds a member or moves the cursor",
        arguments: [
            "one\ntwo", "a\r\nb", "\u{1B}[2J", "\u{0}", "\u{7F}", "\u{9B}2J", "\u{2028}", "\u{202E}gnp.exe",
            "\u{2066}x", "\u{200B}", "\u{E0041}", "x level=error", "\" level=error \"", "a=b", "\\", "\"", "", "{",
            "},{",
            "é ü 漢",
        ])
    func injection(value: String) {
        let text = render { line in
            line.add("detail", value)
            line.add("end", 1)
        }
        #expect(text.hasSuffix(" end=1\n"))
        #expect(text.count { $0.isNewline } == 1)
        let isClean = text.dropLast().unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
        #expect(isClean)
        // Outside quotes, the member is the only one.
        let members = text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
        if !value.contains("\"") {
            #expect(!members.contains { $0.offset.isMultiple(of: 2) && $0.element.contains("level=") })
        }
    }

    @Test("the message of another writer cannot end the line either")
    func message() {
        var line = JSONLine()
        line.add("level", "info")
        line.add("message", "a\nb\u{1B}[0m\"")
        let text = String(decoding: TextLine().render(line.finished()), as: UTF8.self)
        #expect(text == #" INFO    a\nb\u001b[0m\""# + "\n")
    }
}
