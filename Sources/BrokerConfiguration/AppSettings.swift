// SPDX-License-Identifier: Apache-2.0

package import Vending

/// One entry of `apps`.
package struct AppSettings: Sendable {
    package let name: AppName
    package let origins: [String]
    package let signedIn: GrantSettings?
    package let issuers: [Issuer]
    /// The clients whose tokens the app accepts, of those of its issuers.
    package let clients: TokenClients
    /// Requirements for signed-in users' tokens, in addition to those of the issuer.
    package let requirements: [ClaimRequirement]
    /// Which user the batches of signed-in users may name.
    package let userDetails: UserDetailsRule
    package let guest: GrantSettings?
}
