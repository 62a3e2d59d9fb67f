package import HTTPTypes

/// The header fields of an app's answers, put together once.
package struct HeaderSets: Sendable {
    private let origins: Set<String>

    private let credentials: HTTPFields
    private let credentialsByOrigin: [String: HTTPFields]
    private let problem: HTTPFields
    private let problemByOrigin: [String: HTTPFields]

    package init(origins: Set<String>) {
        self.origins = origins
        credentials = Self.base(contentType: "application/json")
        problem = Self.base(contentType: "application/problem+json")
        credentialsByOrigin = Self.each(of: origins, credentials)
        problemByOrigin = Self.each(of: origins, problem)
    }

    /// Of an answer with credentials. An origin that is not the app's gets no CORS fields, so its pages read nothing.
    package func credentials(for origin: String?) -> HTTPFields {
        origin.flatMap { credentialsByOrigin[$0] } ?? credentials
    }

    package func problem(for origin: String?) -> HTTPFields {
        origin.flatMap { problemByOrigin[$0] } ?? problem
    }

    /// Of the answer to a preflight request (Fetch standard, CORS-preflight fetch).
    /// - Parameter more: header fields that are allowed besides the usual ones.
    package func preflight(
        for origin: String?, method: HTTPRequest.Method, allowing more: [String] = []
    ) -> HTTPFields {
        var headers: HTTPFields = [.vary: "Origin", .cacheControl: "no-store"]
        guard let origin, origins.contains(origin) else { return headers }
        headers[.accessControlAllowOrigin] = origin
        headers[.accessControlAllowMethods] = method.rawValue
        headers[.accessControlAllowHeaders] = ([Self.allowedHeaders] + more).joined(separator: ", ")
        headers[.accessControlMaxAge] = "7200"
        return headers
    }

    private static func base(contentType: String) -> HTTPFields {
        [.contentType: contentType, .cacheControl: "no-store", .vary: "Origin", .xContentTypeOptions: "nosniff"]
    }

    private static func each(of origins: Set<String>, _ base: HTTPFields) -> [String: HTTPFields] {
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
