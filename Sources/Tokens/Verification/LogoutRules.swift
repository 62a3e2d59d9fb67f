// SPDX-License-Identifier: Apache-2.0

package import Vending

/// The rules for an issuer's logout tokens, in addition to those for its other tokens.
package struct LogoutRules: Sendable {
    /// At least one; a logout token must name one of them in `aud`. They are ids of clients, also where other tokens name
    /// an API.
    package let audiences: [String]
    package let hashing: any LogoutHashing

    package init(audiences: [String], hashing: any LogoutHashing) {
        self.audiences = audiences
        self.hashing = hashing
    }
}
