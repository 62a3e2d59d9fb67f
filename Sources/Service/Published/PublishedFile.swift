// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes

/// A file that anybody may read, from pages of any origin: it contains nothing about users.
package struct PublishedFile: Sendable {
    /// The endpoint's name in log lines and counters.
    package enum Kind: String, CaseIterable, Sendable {
        /// Purser's issuer metadata (OpenID Connect Discovery 1.0 §4).
        case discovery = "openid-configuration"
        /// RFC 7517 §5.
        case keys = "jwks"
        /// The browser module.
        case module = "rum-credentials"
        case openAPI = "openapi"
        /// The demo store of `purser dev`.
        case demo
    }

    package let kind: Kind
    /// Compared byte for byte; a request's query is ignored.
    package let path: String
    package let contentType: String
    /// RFC 9111 §5.2.2.
    package let cacheControl: String
    /// A strong entity tag without its quotes (RFC 9110 §8.8.3): different content needs a different tag.
    package let entityTag: String
    /// Additional header fields, such as a content security policy.
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
