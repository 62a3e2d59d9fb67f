// SPDX-License-Identifier: Apache-2.0

/// The setting `audit`.
package struct AuditSettings: Sendable {
    package enum Sink: Equatable, Sendable {
        case standardError
        case file(String)
        case off
    }

    package var sink = Sink.standardError
    /// Whether Purser withholds credentials if it cannot record their audit event.
    package var isRequired = false
    /// Whether cache hits have events, too, not only the first vend of each session.
    package var recordsHits = false

    package init() {}
}
