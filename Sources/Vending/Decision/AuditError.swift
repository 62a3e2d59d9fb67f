// SPDX-License-Identifier: Apache-2.0

/// Why an audit event could not be recorded.
package struct AuditError: Error, Sendable {
    /// For the operator.
    package let detail: String

    package init(_ detail: String) {
        self.detail = detail
    }
}
