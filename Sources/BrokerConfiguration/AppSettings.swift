package import Vending

/// One entry of `apps`.
package struct AppSettings: Sendable {
    package let name: AppName
    package let origins: [String]
    package let signedIn: GrantSettings?
    package let issuers: [Issuer]
    /// Of signed-in users.
    package let requirements: [ClaimRequirement]
    /// Of the batches of signed-in users.
    package let userDetails: UserDetailsRule
    package let guest: GrantSettings?
}
