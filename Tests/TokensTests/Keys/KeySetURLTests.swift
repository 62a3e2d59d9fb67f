// SPDX-License-Identifier: Apache-2.0

import Testing
import Tokens

struct KeySetURLTests {
    @Test(
        "accepts https on any host and http on loopback",
        arguments: [
            "https://login.example.com/jwks.json", "https://login.example.com:8443/a?b=c", "HTTPS://x/",
            "http://127.0.0.1:8090/jwks", "http://127.1.2.3/", "http://localhost/", "http://[::1]:80/",
        ])
    func accepted(text: String) throws {
        #expect(try KeySetURL(text).rawValue == text)
    }

    @Test(
        "rejects other URLs with the expected form",
        arguments: [
            ("http://login.example.com/", .notHTTPS), ("http://127.0.0.1.example.com/", .notHTTPS),
            ("http://127.0.0.256/", .notHTTPS), ("http://128.0.0.1/", .notHTTPS),
            ("http://localhost.example/", .notHTTPS),
            ("http://10.0.0.1/", .notHTTPS), ("ftp://127.0.0.1/", .notHTTPS), ("file:///etc/passwd", .notAbsoluteURL),
            ("", .notAbsoluteURL), ("login.example.com/jwks", .notAbsoluteURL), ("https:///x", .notAbsoluteURL),
            ("https://x/ y", .notAbsoluteURL), ("https://user:password@x/", .userInformation),
            ("https://user@x/", .userInformation), ("http://localhost@evil.example/", .userInformation),
            ("https://x/#a", .fragment),
        ] as [(String, KeySetURLError)])
    func refused(text: String, problem: KeySetURLError) {
        #expect(throws: problem) { try KeySetURL(text) }
    }
}
