// SPDX-License-Identifier: Apache-2.0

import AWS
import Tokens
import Vending

/// Whether requests for a grant can succeed, as far as it is known.
struct GrantStatus: Sendable {
    let grant: Grant
    /// Why no request can; `nil` if one can.
    let problem: String?

    /// A user with cached credentials is served in any case. An open circuit breaker is no problem here: cached users are
    /// served, and all replicas would be unready at once.
    static func all(_ root: CompositionRoot) -> [GrantStatus] {
        let keys = Dictionary(
            root.authenticator.keyStatus.map { ($0.issuer, $0.status.keys) }, uniquingKeysWith: { first, _ in first })
        let credentials = root.brokerIdentity.credentials.status
        let missing = credentials.areValid || credentials.failure == nil ? nil : "the broker has no AWS credentials"
        func problem(_ grant: Grant, issuers: Set<Issuer>?) -> String? {
            if let issuers, !issuers.contains(where: { keys[$0] ?? 0 > 0 }) { return "none of its issuers has keys" }
            if grant.exchange.kind == .assumeRole { return missing }
            return nil
        }
        return root.apps.flatMap { app in
            [
                app.signedIn.map {
                    GrantStatus(grant: $0.grant, problem: problem($0.grant, issuers: $0.issuers))
                }, app.guest.map { GrantStatus(grant: $0, problem: problem($0, issuers: nil)) },
            ].compactMap { $0 }
        }.sorted {
            ($0.grant.app.rawValue, $0.grant.audience.rawValue) < ($1.grant.app.rawValue, $1.grant.audience.rawValue)
        }
    }
}

extension CompositionRoot {
    /// Whether the keys of every issuer, and the broker's AWS credentials if an exchange needs them, were tried once.
    var hasStarted: Bool {
        let keys = authenticator.keyStatus.allSatisfy {
            $0.status.keys > 0 || $0.status.succeeded + $0.status.failed > 0
        }
        guard settings.needsBrokerCredentials else { return keys }
        let credentials = brokerIdentity.credentials.status
        return keys && (credentials.areValid || credentials.failure != nil)
    }
}
