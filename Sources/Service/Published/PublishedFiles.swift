// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore

/// The published files by path, with their header fields built once at startup.
struct PublishedFiles: Sendable {
    struct Found: Sendable {
        let kind: PublishedFile.Kind
        fileprivate let entityTag: String
        fileprivate let headers: HTTPFields
        fileprivate let content: ByteBuffer
    }

    static let allow = "GET, HEAD"

    private let files: [String: Found]

    init(_ files: [PublishedFile]) {
        self.files = Dictionary(
            files.map { ($0.path, Found($0)) },
            uniquingKeysWith: { _, _ in preconditionFailure("two files with the same path") }
        )
    }

    subscript(_ path: String?) -> Found? {
        guard !files.isEmpty, let path else { return nil }
        return files[String(path.prefix { $0 != "?" })]
    }
}

extension PublishedFiles.Found {
    fileprivate init(_ file: PublishedFile) {
        kind = file.kind
        entityTag = "\"\(file.entityTag)\""
        content = ByteBuffer(bytes: file.content)
        var headers = file.headers
        headers[.contentType] = file.contentType
        headers[.cacheControl] = file.cacheControl
        headers[.eTag] = entityTag
        headers[.xContentTypeOptions] = "nosniff"
        // Pages fetch modules and files with an integrity hash across origins with CORS. The content depends on no
        // credentials, so every origin may read it.
        headers[.accessControlAllowOrigin] = "*"
        headers[.crossOriginResourcePolicy] = "cross-origin"
        self.headers = headers
    }

    /// `nil` for a method other than GET and HEAD.
    func response(to request: HTTPRequest) -> ServiceResponse? {
        guard request.method == .get || request.method == .head else { return nil }
        if isCurrent(request.headerFields) { return ServiceResponse(status: .notModified, headers: headers) }
        var headers = headers
        headers[.contentLength] = String(content.readableBytes)
        return ServiceResponse(status: .ok, headers: headers, body: request.method == .get ? content : ByteBuffer())
    }

    /// Whether the client's cached copy is current (RFC 9110 §13.1.2).
    private func isCurrent(_ fields: HTTPFields) -> Bool {
        guard let tags = fields[.ifNoneMatch] else { return false }
        return tags.split(separator: ",").contains { tag in
            let tag = tag.trimmingPrefix { $0 == " " }
            return tag == "*" || (tag.hasPrefix("W/") ? tag.dropFirst(2) : tag).prefix { $0 != " " } == entityTag
        }
    }
}

extension HTTPField.Name {
    fileprivate static let crossOriginResourcePolicy = Self("cross-origin-resource-policy")!
}
