// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Sandbox

@Suite("Demo store")
struct DemoStoreTests {
    static let store = DemoStore(sandbox: "http://127.0.0.1:8090", app: "demo-store", .demo)

    private func text(_ path: String) throws -> String {
        let file = try #require(try Self.store.files().first { $0.path == path })
        return try #require(String(validating: file.content, as: UTF8.self))
    }

    @Test("each file of the demo store has a unique path and content")
    func files() throws {
        let files = try Self.store.files()
        #expect(Set(files.map(\.path)).count == files.count)
        #expect(files.allSatisfy { $0.path.hasPrefix("/demo") && !$0.content.isEmpty })
        #expect(try text("/demo") == text("/demo/"))
        let total = files.reduce(0) { $0 + $1.content.count }
        // The compiler embeds the files as byte arrays, which is slow for large files.
        #expect(total < 80_000)
    }

    @Test("every file and symbol that the page or a script references exists")
    func references() throws {
        let paths = Set(try Self.store.files().map(\.path))
        let page = try text("/demo/")
        for match in page.matches(of: /(?:href|src)="(\/[^"]+)"/) { #expect(paths.contains(String(match.1))) }
        for path in paths where path.hasSuffix(".js") {
            for match in try text(path).matches(of: /(?:from|import\()\s*"\.\/([^"]+)"/) {
                #expect(paths.contains("/demo/\(match.1)"), "\(path) imports \(match.1)")
            }
        }
        for match in page.matches(of: /<use href="#([^"]+)"/) { #expect(page.contains(#"<symbol id="\#(match.1)""#)) }
        for match in try text("/demo/catalogue.js").matches(of: /drawing: "([^"]+)"/) {
            #expect(page.contains(#"<symbol id="\#(match.1)""#))
        }
    }

    @Test("the page has no inline script or style, and the content security policy forbids them")
    func policy() throws {
        let page = try text("/demo/")
        #expect(!page.contains("style="))
        #expect(!page.contains("<style"))
        #expect(page.matches(of: /<script/).count == page.matches(of: /<script type="module" src=/).count)
        #expect(page.firstMatch(of: /\son[a-z]+=/) == nil)
        let policy = Self.store.contentSecurityPolicy
        #expect(policy.contains("script-src 'self' https://client.rum.us-east-1.amazonaws.com;"))
        #expect(policy.contains("connect-src 'self' http://127.0.0.1:8090 "))
        #expect(!policy.contains("unsafe"))
        #expect(!policy.contains("*"))
    }

    @Test("config.json has the sandbox's address, monitors and users")
    func settings() throws {
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(text("/demo/config.json").utf8)) as? [String: Any])
        #expect(json["sandbox"] as? String == "http://127.0.0.1:8090")
        #expect(json["app"] as? String == "demo-store")
        #expect(json["region"] as? String == "us-west-2")
        #expect((json["guest"] as? [String: String])?["name"] == "DemoStore_Unauthenticated")
        #expect((json["users"] as? [[String: String]])?.first?["name"] == "alice")
    }
}
