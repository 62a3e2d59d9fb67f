// SPDX-License-Identifier: Apache-2.0

package import Vending

package struct MintingSettings: Sendable {
    package let issuer: Issuer
    /// The first one signs; all are published.
    package let keys: [SigningKeyFile]

    package init(issuer: Issuer, keys: [SigningKeyFile]) {
        self.issuer = issuer
        self.keys = keys
    }
}
