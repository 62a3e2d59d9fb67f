// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Sandbox

@Suite("XML elements")
struct XMLElementTests {
    @Test("escapes text, so that it cannot end its element")
    func escapes() {
        #expect(XMLElement("A", text: "<b>&\"'\n\u{1}é").xml == "<A>&lt;b&gt;&amp;&quot;&apos;&#10;\u{FFFD}é</A>")
    }

    @Test("nests elements, with a namespace at the root")
    func nests() {
        let element = XMLElement("A", namespace: "urn:x", [XMLElement("B", [XMLElement("C", text: "1")])])
        #expect(element.xml == #"<A xmlns="urn:x"><B><C>1</C></B></A>"#)
    }
}
