/// The port to whatever can read a batch. Asked only where an app's rule needs it.
package protocol BatchReader: Sendable {
    /// `UserDetails.userId`; `nil` where the batch has none.
    func userID(in batch: Batch) throws(BatchError) -> String?
}

/// A batch that can't be read, or could be read in two ways. For the operator; nothing of its content.
package struct BatchError: Error, Hashable, Sendable {
    package let detail: String

    package init(_ detail: String) {
        self.detail = detail
    }
}
