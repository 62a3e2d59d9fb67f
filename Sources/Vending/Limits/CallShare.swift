// SPDX-License-Identifier: Apache-2.0

/// On whose behalf a call of AWS is made. Calls that wait are served fairly between audiences, then between apps, then
/// between an app's exchanges and its hand-outs, then between the users or client networks of one app.
package struct CallShare: Hashable, Sendable {
    /// `nil` for the broker's own calls.
    package let app: AppName?
    package let audience: Grant.Audience
    /// A hash of the user, or of the guest's client network; only valid within the process.
    package let party: Int
    /// Whether the call makes short credentials from a session that Purser has (GetScopedCredentials).
    package let isHandOut: Bool

    package init(app: AppName, audience: Grant.Audience, party: Int) {
        self.init(app, audience, party: party)
    }

    private init(_ app: AppName?, _ audience: Grant.Audience, party: Int, isHandOut: Bool = false) {
        self.app = app
        self.audience = audience
        self.party = party
        self.isHandOut = isHandOut
    }

    /// The same share for a call that makes short credentials.
    package var handOut: CallShare { CallShare(app, audience, party: party, isHandOut: true) }

    /// Calls that the broker makes for itself, on which the sessions of all users can depend.
    package static let broker = CallShare(nil, .signedIn, party: 0)

    /// Calls whose result all guests of the app use.
    package static func allGuests(of app: AppName) -> CallShare {
        CallShare(app, .guest, party: 0)
    }
}
