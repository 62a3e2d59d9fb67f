// SPDX-License-Identifier: Apache-2.0

/// The setting `log`.
package struct LogSettings: Sendable {
    /// Whether log lines and audit events have the addresses of clients, which are personal data, or only their keyed
    /// hashes.
    package var clientAddress = false
}
