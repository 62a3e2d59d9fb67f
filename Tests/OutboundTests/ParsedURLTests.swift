// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Outbound

@Suite struct ParsedURLTests {
    @Test("the same URL with another method is another request to the same host")
    func methods() throws {
        let urls = ParsedURLs()
        for method in [OutboundRequest.Method.get, .post, .get] {
            let parsed = try urls.parse(method, "https://sts.example:8443/a?b=c")
            #expect(parsed.host == "https://sts.example:8443")
            #expect("\(parsed.request)".contains(".\(method.rawValue),"), "\(parsed.request)")
        }
        #expect(urls.count == 2)
    }

    @Test("keeps at most as many URLs as its limit, and no invalid ones")
    func bounded() throws {
        let urls = ParsedURLs(limit: 4)
        for number in 0..<100 {
            let parsed = try urls.parse(.get, "http://h\(number)/path")
            #expect(parsed.host == "http://h\(number)")
            #expect(urls.count <= 4)
        }
        let before = urls.count
        #expect(throws: (any Error).self) { try urls.parse(.get, "ftp://h/") }
        #expect(urls.count == before)
    }
}
