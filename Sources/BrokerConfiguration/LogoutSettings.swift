// SPDX-License-Identifier: Apache-2.0

import Vending

/// `backchannel-logout` of an issuer: it sends logout tokens to `/v1/backchannel-logout/{name}`.
package struct IssuerLogoutSettings: Sendable {
    package let name: String
    /// `nil` for the issuer's `audiences`.
    package let audiences: [String]?
}

/// `logouts`: where logouts are kept across restarts, and how many.
package struct LogoutSettings: Sendable {
    package static let entriesByDefault = 100_000

    package let file: LogoutFile
    /// Maximum number of logouts that are remembered at a time.
    package let entries: Int

    package init(file: LogoutFile, entries: Int) {
        self.file = file
        self.entries = entries
    }
}
