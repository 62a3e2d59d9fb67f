// SPDX-License-Identifier: Apache-2.0

package import Vending

extension CallShare {
    /// A signed-in user's share.
    package static func user(_ party: Int = 0, of app: String = "shop") -> CallShare {
        share(.signedIn, party, app)
    }

    /// The share of guests with one address.
    package static func guest(_ party: Int = 0, of app: String = "shop") -> CallShare {
        share(.guest, party, app)
    }

    private static func share(_ audience: Grant.Audience, _ party: Int, _ app: String) -> CallShare {
        guard let name = AppName(app) else { preconditionFailure("\(app) is not an app's name") }
        return CallShare(app: name, audience: audience, party: party)
    }
}
