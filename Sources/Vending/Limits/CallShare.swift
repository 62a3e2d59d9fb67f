// SPDX-License-Identifier: Apache-2.0

/// On whose behalf a call of AWS is made. Calls that wait are served fairly between audiences, then between apps, then
/// between the users or client networks of one app.
package struct CallShare: Hashable, Sendable {
    package let app: AppName
    package let audience: Grant.Audience
    /// A hash of the user, or of the guest's client network; only valid within the process.
    package let party: Int

    package init(app: AppName, audience: Grant.Audience, party: Int) {
        self.app = app
        self.audience = audience
        self.party = party
    }
}

extension ExchangeRequest {
    package var share: CallShare {
        var hasher = Hasher()
        if case .user(let identity, _) = holder {
            hasher.combine(identity.issuer)
            hasher.combine(identity.subject)
        } else {
            hasher.combine(client?.network)
        }
        return CallShare(app: grant.app, audience: grant.audience, party: hasher.finalize())
    }
}
