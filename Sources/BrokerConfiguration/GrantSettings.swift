package import AWS
package import Vending

/// `signed-in` or `guest` of an app: what its users' sessions may write to, and how they are obtained.
package struct GrantSettings: Sendable {
    package let monitorName: String
    package let monitorID: String
    package let exchange: Grant.Exchange
    /// `nil` where an identity pool chooses it.
    package let role: RoleARN?
    package let session: Duration
    package let attribution: Attribution
    package let guestSessions: Grant.GuestSessions
}
