// SPDX-License-Identifier: Apache-2.0

import Browser
import Testing

@Suite struct BrowserModuleTests {
    @Test("a released version's bytes never change")
    func pins() {
        let pins = BrowserModule.released.map {
            [$0.version, $0.module.integrity, $0.script.integrity, $0.types.integrity]
        }
        #expect(
            pins == [
                [
                    "1.0.0",
                    "sha384-5LvKcbuRgbd+4qRntvVkFx63rIYQktOKvRLNKvUyYjPWdC+wixrZF5HzjcNW8GzY",
                    "sha384-W5W9wf/DcFumzIgzZYs7IyYs8Rkkcaw+HwnQlhioEcZOGMT6TFA9NxOcw3aPxzV2",
                    "sha384-NciETfC037R3HQ3pTVvQjWcIHb0oBEevYn61I+ITPgxAf0YgwLZKYBVSjiFt5yKC",
                ],
                [
                    "1.1.0",
                    "sha384-STNi7t7Lq1liXHpqHZfpnQdxVDlBLuanA+Nk/0ekZRP9nQ7Z1hC2iKAr0ifh2iuX",
                    "sha384-luGL1HunrZdJdonRfy6iLjj1bl6U50HOBlwvIhSrM6+CD/ykn400CRDOiXkP0o39",
                    "sha384-SpU7zGo10CQV9Mamlv9yJEmw0joePlq+aeUOF5kLp/LOKzZRB3NH+W5dDDjFfkuN",
                ],
            ])
    }

    @Test("versioned paths are cacheable forever, unversioned paths for one hour")
    func caching() {
        let files = BrowserModule.files
        for version in BrowserModule.released {
            for file in [version.module, version.script, version.types] {
                #expect(file.path.hasPrefix("/rum-credentials-\(version.version)."))
                #expect(file.cacheControl == "public, max-age=31536000, immutable")
                #expect(files.contains { $0.path == file.path && $0.content == file.content })
            }
        }
        let newest = BrowserModule.newest
        for (path, file) in [
            ("/rum-credentials.js", newest.module), ("/rum-credentials.classic.js", newest.script),
            ("/rum-credentials.d.ts", newest.types),
        ] {
            let served = files.filter { $0.path == path }
            #expect(served.map(\.content) == [file.content])
            #expect(served.map(\.contentType) == [file.contentType])
            #expect(served.map(\.cacheControl) == ["public, max-age=3600"])
        }
        #expect(files.count == BrowserModule.released.count * 3 + 3)
    }

    @Test("scripts have a JavaScript content type, declarations a plain text one")
    func types() {
        for file in BrowserModule.files {
            #expect(
                file.contentType == (file.path.hasSuffix(".d.ts") ? "text/plain" : "text/javascript")
                    + "; charset=utf-8")
        }
    }

    @Test("each script is smaller than 5 KiB")
    func size() {
        for file in BrowserModule.files where file.path.hasSuffix(".js") { #expect((1..<5120) ~= file.content.count) }
    }
}
