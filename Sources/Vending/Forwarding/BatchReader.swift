// SPDX-License-Identifier: Apache-2.0

/// The port to the decoder of batches. Called only if an app's `UserDetailsRule` needs it.
package protocol BatchReader: Sendable {
    /// `UserDetails.userId`; `nil` if the batch has none.
    func userID(in batch: Batch) throws(BatchError) -> String?
}

/// A batch cannot be decoded, or is ambiguous. The detail is for the operator and holds nothing of the batch.
package struct BatchError: Error, Hashable, Sendable {
    package let detail: String

    package init(_ detail: String) {
        self.detail = detail
    }
}
