// SPDX-License-Identifier: Apache-2.0

import BrokerConfiguration
import Foundation
import Tokens
import Vending

extension CompositionRoot {
    static func logout(
        _ settings: Settings, _ rules: [IssuerRules], list: LogoutList, journal: LogoutJournal,
        cache: CredentialCache, parents: ParentSessions?, limits: RequestLimits,
        now: @escaping @Sendable () -> Date
    ) -> BackChannelLogout {
        var verifiers: [String: any LogoutTokenVerifier] = [:]
        for (issuer, rules) in zip(settings.issuers, rules) {
            if let name = issuer.logout?.name { verifiers[name] = LogoutAuthenticator(rules) }
        }
        return BackChannelLogout(
            verifiers: verifiers, list: list, store: journal, cache: cache, parents: parents, limits: limits,
            now: now)
    }
}
