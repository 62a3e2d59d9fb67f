// SPDX-License-Identifier: Apache-2.0

/// The setting `log`.
package struct LogSettings: Sendable {
    package enum Level: String, CaseIterable, Sendable {
        case debug, info, warning, error
    }

    /// Which responses have a line.
    package enum Access: String, CaseIterable, Sendable {
        case all, errors, sampled, off
    }

    package enum Format: String, CaseIterable, Sendable {
        case json, text
    }

    /// Lines below this level are not logged.
    package var level = Level.info
    package var access = Access.all
    /// The ratio of successes that have a line with `sampled`, over 0 and at most 1.
    package var sampleRatio = 0.01
    package var format = Format.json
    /// Whether log lines and audit events have the addresses of clients, which are personal data, or only their keyed
    /// hashes.
    package var clientAddress = false
}
