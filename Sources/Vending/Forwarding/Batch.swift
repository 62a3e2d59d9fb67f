/// A batch of events as a page sent it: signed and sent on byte for byte.
package struct Batch: Sendable {
    package let body: [UInt8]
    /// One of those that the data plane takes, in the page's own spelling; it is part of what is signed.
    package let contentType: String
    package let isGzipped: Bool
    /// Fields that tie the request to a trace, checked to be well-formed.
    package let trace: [(name: String, value: String)]

    package init(
        body: [UInt8], contentType: String, isGzipped: Bool, trace: [(name: String, value: String)] = []
    ) {
        self.body = body
        self.contentType = contentType
        self.isGzipped = isGzipped
        self.trace = trace
    }
}
