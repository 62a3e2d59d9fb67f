// SPDX-License-Identifier: Apache-2.0

/// A batch of events as a page sent it. Purser signs and forwards it byte for byte.
package struct Batch: Sendable {
    package let body: [UInt8]
    /// A content type that the data plane accepts, exactly as the page spells it; the signature covers it.
    package let contentType: String
    package let isGzipped: Bool
    /// Header fields of trace propagation, checked to be well-formed.
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
