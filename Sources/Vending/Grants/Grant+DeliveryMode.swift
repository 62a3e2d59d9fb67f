// SPDX-License-Identifier: Apache-2.0

extension Grant {
    /// How an audience uses its sessions.
    package enum DeliveryMode: String, CaseIterable, Sendable {
        /// Callers get credentials. The signing proxy accepts none of the audience's batches.
        case credentials
        /// Purser signs batches. No endpoint returns credentials.
        case proxy
        case both

        package var returnsCredentials: Bool { self != .proxy }
        package var signsBatches: Bool { self != .credentials }
    }
}
