// SPDX-License-Identifier: Apache-2.0

import StrictJSON
import Vending

/// Whose tokens are valid: the clients in `aud`, and those in `azp` or `client_id`. Of an issuer, or of an app.
package struct TokenClients: Sendable {
    /// Of an app: empty if every audience of its issuers is valid.
    package let audiences: [String]
    /// Empty if every client's tokens are valid.
    package let authorizedParties: [String]

    /// - Returns: of an issuer's clients those that an app with the clients `self` accepts.
    func restricting(_ issuer: TokenClients) -> TokenClients {
        TokenClients(
            audiences: Self.common(audiences, issuer.audiences),
            authorizedParties: Self.common(authorizedParties, issuer.authorizedParties))
    }

    /// The names on both lists, in the order of `wide`. An empty list stands for all names.
    private static func common(_ narrow: [String], _ wide: [String]) -> [String] {
        if narrow.isEmpty { return wide }
        return wide.isEmpty ? narrow : wide.filter { name in narrow.contains { $0.isExactly(name) } }
    }
}

extension AppSettings {
    /// The clients whose tokens of the issuer this app accepts.
    package func clients(of issuer: IssuerSettings) -> TokenClients {
        clients.restricting(TokenClients(audiences: issuer.audiences, authorizedParties: issuer.authorizedParties))
    }
}
