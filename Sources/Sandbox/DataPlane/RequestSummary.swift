// SPDX-License-Identifier: Apache-2.0

/// Properties of a received request that are safe to display.
struct RequestSummary: Sendable {
    /// Size of the body as it was sent, before decompression.
    let bytes: Int
    let contentType: String?
    let contentEncoding: String?
    /// Whether the signature is in the query, as in a request sent with sendBeacon when the page is hidden.
    let isPresigned: Bool

    init(_ request: SignedRequest) {
        func value(_ name: String) -> String? { request.values(of: name).first.map { String($0.prefix(64)) } }
        bytes = request.body.count
        contentType = value("content-type")
        contentEncoding = value("content-encoding")
        isPresigned = request.values(of: "authorization").isEmpty && request.query.contains("X-Amz-Signature=")
    }
}
