// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes

/// The header fields of an app's responses, built once at startup.
package final class HeaderSets: Sendable {
    private let origins: Set<String>

    private let credentials: HTTPFields
    private let credentialsByOrigin: [String: HTTPFields]
    private let problem: HTTPFields
    private let problemByOrigin: [String: HTTPFields]

    package init(origins: Set<String>) {
        self.origins = origins
        credentials = Self.base(contentType: "application/json")
        problem = Self.base(contentType: "application/problem+json")
        credentialsByOrigin = Self.byOrigin(of: origins, credentials)
        problemByOrigin = Self.byOrigin(of: origins, problem)
    }

    /// For a response with credentials. A foreign origin gets no CORS fields, so its pages can't read the response.
    package func credentials(for origin: String?) -> HTTPFields {
        origin.flatMap { credentialsByOrigin[$0] } ?? credentials
    }

    package func problem(for origin: String?) -> HTTPFields {
        origin.flatMap { problemByOrigin[$0] } ?? problem
    }

    /// For the response to a preflight request (Fetch standard, CORS-preflight fetch).
    /// - Parameter additional: header fields that are allowed besides the usual ones.
    package func preflight(
        for origin: String?, method: HTTPRequest.Method, allowing additional: [String] = []
    ) -> HTTPFields {
        var headers: HTTPFields = [.vary: "Origin", .cacheControl: "no-store"]
        guard let origin, origins.contains(origin) else { return headers }
        headers[.accessControlAllowOrigin] = origin
        headers[.accessControlAllowMethods] = method.rawValue
        headers[.accessControlAllowHeaders] = ([Self.allowedHeaders] + additional).joined(separator: ", ")
        headers[.accessControlMaxAge] = "7200"
        return headers
    }

    private static func base(contentType: String) -> HTTPFields {
        [.contentType: contentType, .cacheControl: "no-store", .vary: "Origin", .xContentTypeOptions: "nosniff"]
    }

    private static func byOrigin(of origins: Set<String>, _ base: HTTPFields) -> [String: HTTPFields] {
        var sets: [String: HTTPFields] = [:]
        for origin in origins {
            var headers = base
            headers[.accessControlAllowOrigin] = origin
            headers[.accessControlExposeHeaders] = "Retry-After, X-Request-Id"
            sets[origin] = headers
        }
        return sets
    }

    private static let allowedHeaders = [
        "authorization", "content-type", "traceparent", "x-amzn-trace-id", "x-amz-content-sha256", "x-amz-date",
        "x-amz-security-token", "x-amz-user-agent",
    ].joined(separator: ", ")
}
