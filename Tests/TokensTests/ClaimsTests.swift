// SPDX-License-Identifier: Apache-2.0

import StrictJSON
import Testing
import Tokens
import Vending

/// How claims are read, independent of the rules for them.
struct ClaimsTests {
    private static func claims(_ text: String) throws -> Claims {
        try Claims(payload: JSONMembers(Array(text.utf8)))
    }

    @Test("reads a claim with its type, by the exact bytes of its name")
    func types() throws {
        let claims = try Self.claims(
            #"{"s":"x\u00e9\/\"日","i":7,"m":-7,"d":1.5,"e":1e3,"b":true,"n":null,"a":["x",1],"o":{},"esc\u0061ped":"y","":"z"}"#
        )
        #expect(try claims["s"]?.string == "xé/\"日")
        #expect(try claims["i"]?.int == 7)
        #expect(try claims["m"]?.int == -7)
        #expect(try claims["d"]?.double == 1.5)
        #expect(try claims["e"]?.double == 1000)
        #expect(try claims["b"]?.bool == true)
        #expect(try claims["n"]?.typeName == "null")
        #expect(try claims["a"]?.array?.map(\.typeName) == ["a string", "a number"])
        #expect(try claims["o"]?.object?.members.isEmpty == true)
        #expect(try claims["escaped"]?.string == "y")
        #expect(try claims[""]?.string == "z")
        for absent in ["S", "s ", "missing", "s\u{0}", "i\u{0}x"] { #expect(try claims[absent] == nil) }
    }

    @Test("reads a claim with an empty name")
    func emptyName() throws {
        #expect(try Self.claims(#"{"":1,"a":2}"#)[""]?.int == 1)
        #expect(try Self.claims(#"{"a":2}"#)[""] == nil)
    }

    @Test("distinguishes names that are canonically equivalent")
    func lookAlike() throws {
        let claims = try Self.claims("{\"K\":1,\"\u{212A}\":2,\"e\u{301}\":3}")
        #expect(try claims["K"]?.int == 1)
        #expect(try claims["\u{212A}"]?.int == 2)
        #expect(try claims["e\u{301}"]?.int == 3)
        #expect(try claims["\u{E9}"] == nil)
    }

    @Test("reads a nested claim by its path, including names with dots and slashes")
    func paths() throws {
        let claims = try Self.claims(
            #"{"realm_access":{"roles":["a","shopper"]},"https://shop/x":{"a.b":{"c":true}},"s":"t"}"#)
        #expect(try claims[path: ["realm_access", "roles"]]?.array?.compactMap(\.string) == ["a", "shopper"])
        #expect(try claims[path: ["https://shop/x", "a.b", "c"]]?.bool == true)
        #expect(try claims[path: ["s"]]?.string == "t")
        for absent in [[], ["s", "t"], ["realm_access", "roles", "a"], ["realm_access", "role"], ["x", "y"]] {
            #expect(try claims[path: absent] == nil)
        }
    }

    @Test("finds each of thousands of members with the value that a full parse gives")
    func members() throws {
        let text = "{" + (0..<3000).map { #""n\#($0)": {"deep":["\u00e9",\#($0)]} "# }.joined(separator: ",") + "}"
        let members = try JSONMembers(Array(text.utf8))
        let built = try #require(try JSONValue.parse(Array(text.utf8)).object)
        for (name, value) in built.members {
            let found = try #require(try members.value(name)?.object?["deep"]?.array)
            #expect(found.first?.string == "é")
            #expect(found.last?.int == value.object?["deep"]?.array?.last?.int)
        }
        #expect(try members.value("n3000") == nil)
    }
}
