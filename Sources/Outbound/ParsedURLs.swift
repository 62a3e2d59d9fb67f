// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
private import NIOHTTP1
private import Synchronization

/// Requests without header fields and body, by method and URL: the process sends to a few URLs, and parsing one takes
/// about as long as signing a request.
final class ParsedURLs: Sendable {
    struct Parsed: Sendable {
        /// Without header fields and body.
        let request: HTTPClient.Request
        /// Scheme and authority, by which the connection pool keeps connections apart: the URL up to the third slash.
        let host: String
    }

    private struct Key: Hashable {
        let method: OutboundRequest.Method
        let url: String
    }

    private let limit: Int
    private let parsed = Mutex<[Key: Parsed]>([:])

    /// - Parameter limit: the number of URLs from which on those so far are forgotten.
    init(limit: Int = 256) {
        self.limit = limit
    }

    var count: Int { parsed.withLock { $0.count } }

    /// - Throws: `HTTPClientError` if the URL is not one of HTTP.
    func parse(_ method: OutboundRequest.Method, _ url: String) throws -> Parsed {
        let key = Key(method: method, url: url)
        if let known = parsed.withLock({ $0[key] }) { return known }
        let new = Parsed(
            request: try HTTPClient.Request(url: url, method: HTTPMethod(rawValue: method.rawValue)),
            host: Self.host(of: url))
        parsed.withLock { parsed in
            if parsed.count >= limit { parsed = [:] }
            parsed[key] = new
        }
        return new
    }

    private static func host(of url: String) -> String {
        let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        return parts.prefix(3).joined(separator: "/")
    }
}
