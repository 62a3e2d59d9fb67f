// SPDX-License-Identifier: Apache-2.0

import StrictForm
import Testing

@Suite("Form bodies")
struct FormParametersTests {
    @Test("decodes names and values")
    func decodes() throws {
        let form = try FormParameters(Array("a=1&b+c=x%20y+z&d=%C3%A9&e=&f=g=h".utf8), limit: 200)
        #expect(form["a"] == "1")
        #expect(form["b c"] == "x y z")
        #expect(form["d"] == "é")
        #expect(form["e"] == "")
        #expect(form["f"] == "g=h")
        #expect(form["g"] == nil)
    }

    @Test("rejects malformed parameters", arguments: ["a", "=b", "a=%", "a=%4", "a=%zz", "a=%FF", "%=1", "a=1&b"])
    func refuses(text: String) {
        #expect(throws: FormError.malformed) { try FormParameters(Array(text.utf8), limit: 200) }
    }

    @Test("rejects a duplicate parameter, even if it is encoded differently")
    func duplicate() {
        #expect(throws: FormError.duplicate("ab")) { try FormParameters(Array("ab=1&%61b=1".utf8), limit: 200) }
    }

    @Test("rejects bytes that are not UTF-8")
    func notUTF8() {
        #expect(throws: FormError.malformed) { try FormParameters([0x61, 0x3D, 0xFF], limit: 200) }
    }

    @Test("rejects more parameters than the limit")
    func tooMany() throws {
        func body(_ count: Int) -> [UInt8] { Array((0..<count).map { "p\($0)=1" }.joined(separator: "&").utf8) }
        #expect(try FormParameters(body(200), limit: 200)["p199"] == "1")
        #expect(throws: FormError.tooMany) { try FormParameters(body(201), limit: 200) }
    }
}
