// SPDX-License-Identifier: Apache-2.0

extension ExchangeRequest {
    /// The share of calls for this request alone, such as the delivery of a batch.
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

    /// The share of the exchange. The session that all guests of an app share does not wait behind other calls of the
    /// client whose request needs it first.
    package var exchangeShare: CallShare {
        if case .guests = holder, !isNarrowed { .allGuests(of: grant.app) } else { share }
    }
}
