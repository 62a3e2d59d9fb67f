/// How a request came, as far as it may be shown.
struct RequestSummary: Sendable {
    /// Of the body, as it was sent.
    let bytes: Int
    let contentType: String?
    let contentEncoding: String?
    /// Whether the signature is in the query, as a page-hide beacon's is.
    let isPresigned: Bool

    init(_ request: SignedRequest) {
        func value(_ name: String) -> String? { request.values(of: name).first.map { String($0.prefix(64)) } }
        bytes = request.body.count
        contentType = value("content-type")
        contentEncoding = value("content-encoding")
        isPresigned = request.values(of: "authorization").isEmpty && request.query.contains("X-Amz-Signature=")
    }
}
