package import HTTPTypes

/// Something that anybody may read, on pages of any origin: it says nothing about anybody.
package struct PublishedFile: Sendable {
    /// What log lines and counters call it.
    package enum Kind: String, CaseIterable, Sendable {
        /// Purser as an issuer (OpenID Connect Discovery 1.0 §4, RFC 7517 §5).
        case discovery = "openid-configuration"
        case keys = "jwks"
        /// What runs in pages.
        case module = "rum-credentials"
        case openAPI = "openapi"
        /// The demo store of `purser dev`.
        case demo
    }

    package let kind: Kind
    /// Matched byte for byte; the query of a request is ignored.
    package let path: String
    package let contentType: String
    /// RFC 9111 §5.2.2.
    package let cacheControl: String
    /// Strong, without quotes: other content, other tag (RFC 9110 §8.8.3).
    package let entityTag: String
    /// Further ones, such as a content security policy.
    package let headers: HTTPFields
    package let content: [UInt8]

    package init(
        kind: Kind, path: String, contentType: String, cacheControl: String, entityTag: String,
        headers: HTTPFields = [:], content: [UInt8]
    ) {
        self.kind = kind
        self.path = path
        self.contentType = contentType
        self.cacheControl = cacheControl
        self.entityTag = entityTag
        self.headers = headers
        self.content = content
    }
}
