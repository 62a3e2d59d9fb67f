// SPDX-License-Identifier: Apache-2.0

package import AWS
package import Vending

/// `signed-in` or `guest` of an app: the monitor that the sessions may write to, and how Purser obtains the sessions.
package struct GrantSettings: Sendable {
    package let monitorName: String
    package let monitorID: String
    /// `Alias` of the monitor's events, if its resource policy requires one.
    package let monitorAlias: String?
    package let exchange: Grant.Exchange
    /// `nil` if an identity pool chooses the role.
    package let role: RoleARN?
    package let session: Duration
    package let attribution: Attribution
    package let guestSessions: Grant.GuestSessions
    package let delivery: Grant.DeliveryMode
    /// Lifetime of the credentials that Purser makes from the session, in seconds; `nil` for the session's own.
    package let handOut: Int?
}
