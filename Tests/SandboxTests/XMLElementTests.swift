import Testing

@testable import Sandbox

@Suite("XML")
struct XMLElementTests {
    @Test("text cannot break out of its element")
    func escapes() {
        #expect(XMLElement("A", text: "<b>&\"'\n\u{1}é").xml == "<A>&lt;b&gt;&amp;&quot;&apos;&#10;\u{FFFD}é</A>")
    }

    @Test("elements nest, with a namespace at the root")
    func nests() {
        let element = XMLElement("A", namespace: "urn:x", [XMLElement("B", [XMLElement("C", text: "1")])])
        #expect(element.xml == #"<A xmlns="urn:x"><B><C>1</C></B></A>"#)
    }
}
